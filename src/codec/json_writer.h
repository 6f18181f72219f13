// Writes JSON without white space: the same calls give the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace tram::codec {

/// One thread. Texts must be UTF-8; they are escaped as little as RFC 8259 section 7 allows.
class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& name(std::string_view name);
  JsonWriter& text(std::string_view text);
  JsonWriter& number(std::uint64_t number);

  /// Members that are left out when empty, zero or false.
  JsonWriter& text_member(std::string_view name, std::string_view text);
  JsonWriter& number_member(std::string_view name, std::uint64_t number);
  JsonWriter& true_member(std::string_view name, bool value);

  [[nodiscard]] Bytes take() && { return std::move(out_); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();

  Bytes out_;
  bool first_ = true;  ///< nothing stands before the next value at its level
};

}  // namespace tram::codec
