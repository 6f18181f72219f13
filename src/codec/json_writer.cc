#include "codec/json_writer.h"

#include <algorithm>

#include "base/encoding.h"

namespace tram::codec {
namespace {

bool is_plain(char c) { return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20; }

void append_escape(Bytes& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      out += "\\u00" + to_hex({&c, 1});
  }
}

// Mostly there is nothing to escape: what is plain goes in one piece.
void append_escaped(Bytes& out, std::string_view text) {
  out += '"';
  for (auto at = text.begin(); at != text.end();) {
    const auto special = std::find_if_not(at, text.end(), is_plain);
    out.append(at, special);
    at = special;
    if (at != text.end()) append_escape(out, *at++);
  }
  out += '"';
}

}  // namespace

void JsonWriter::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::name(std::string_view name) {
  separate();
  append_escaped(out_, name);
  out_ += ':';
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view text) {
  separate();
  append_escaped(out_, text);
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t number) {
  separate();
  out_ += std::to_string(number);
  return *this;
}

JsonWriter& JsonWriter::text_member(std::string_view member, std::string_view value) {
  return value.empty() ? *this : name(member).text(value);
}

JsonWriter& JsonWriter::number_member(std::string_view member, std::uint64_t value) {
  return value == 0 ? *this : name(member).number(value);
}

JsonWriter& JsonWriter::true_member(std::string_view member, bool value) {
  if (!value) return *this;
  name(member).separate();
  out_ += "true";
  return *this;
}

}  // namespace tram::codec
