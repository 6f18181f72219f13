#include "tramd/config_section.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/encoding.h"

namespace tram::daemon {
namespace {

namespace fs = std::filesystem;
using Severity = Problem::Severity;

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

/// "did you mean X" for a slip of a few letters, else the list of what is known.
std::string suggestion(std::string_view unknown, const Names& known) {
  const std::string* nearest = nullptr;
  std::size_t distance = std::max<std::size_t>(2, unknown.size() / 3) + 1;
  std::string all;
  for (const std::string& key : known) {
    all += (all.empty() ? "" : ", ") + key;
    const std::size_t d = edit_distance(unknown, key);
    if (d < distance) {
      nearest = &key;
      distance = d;
    }
  }
  return nearest ? "did you mean \"" + *nearest + "\"?" : "known here: " + all;
}

/// The bytes of the first certificate in PEM (RFC 7468): base64 of a DER SEQUENCE. Whether it is a
/// certificate is for who decodes it to say.
std::optional<Bytes> first_certificate(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----", kEnd = "-----END CERTIFICATE-----";
  const std::size_t begin = text.find(kBegin);
  const std::size_t end = begin == std::string_view::npos ? begin : text.find(kEnd, begin);
  if (end == std::string_view::npos) return std::nullopt;
  std::string base64(text.substr(begin + kBegin.size(), end - begin - kBegin.size()));
  std::erase_if(base64, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
  Result<Bytes> bytes = from_base64(base64);
  if (!bytes || bytes->empty() || bytes->front() != '\x30') return std::nullopt;
  return std::move(*bytes);
}

/// True for every label: "PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY".
bool has_private_key(std::string_view text) {
  return text.find("PRIVATE KEY-----") != std::string_view::npos;
}

Error unreadable(std::string what) {
  return failure(ErrorCode::not_found, "FILE_UNREADABLE", std::move(what),
                 "check the path (relative to this file) and the rights");
}

}  // namespace

void Reading::add(Severity severity, std::uint32_t line, std::string key, std::string message,
                  std::string remedy) {
  problems.push_back({severity, file.string(), line, std::move(key), std::move(message), std::move(remedy)});
}

Result<std::string> read_small_file(const fs::path& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return unreadable("does not exist or cannot be reached");
  if (!S_ISREG(about.st_mode)) return unreadable("is not a file");
  if (about.st_size > (8 << 20)) return unreadable("is larger than 8 MiB");
  std::ifstream in(path, std::ios::binary);
  if (!in) return unreadable("cannot be read");
  std::string text(static_cast<std::size_t>(about.st_size), '\0');
  in.read(text.data(), about.st_size);
  if (in.gcount() != about.st_size) return unreadable("cannot be read");
  return text;
}

Section::Section(Reading& reading, const toml::table* table, std::string path, std::string pattern)
    : reading_(reading), table_(table), path_(std::move(path)), pattern_(std::move(pattern)) {
  if (table_) line_ = table_->source().begin.line;
}

std::uint32_t Section::line_of(std::string_view key) const {
  const toml::node* node = table_ ? table_->get(key) : nullptr;
  return node ? node->source().begin.line : line_;
}

std::string Section::name(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void Section::error(std::string_view key, std::string message, std::string remedy) {
  reading_.add(Severity::error, line_of(key), name(key), std::move(message), std::move(remedy));
}

void Section::warning(std::string_view key, std::string message, std::string remedy) {
  reading_.add(Severity::warning, line_of(key), name(key), std::move(message), std::move(remedy));
}

const toml::node* Section::find(std::string_view key, bool required, std::string_view kind) {
  asked_.insert(std::string(key));
  reading_.keys.push_back(pattern_.empty() ? std::string(key) : pattern_ + "." + std::string(key));
  const toml::node* node = table_ ? table_->get(key) : nullptr;
  if (!node && required) error(key, "is missing", "add " + std::string(kind));
  return node;
}

std::optional<std::string> Section::text(std::string_view key, bool required) {
  const toml::node* node = find(key, required, "it, a text in quotes");
  if (!node) return std::nullopt;
  std::optional<std::string> value = node->value_exact<std::string>();
  if (value && !value->empty()) return value;
  if (value)
    error(key, "is empty", "write a value or remove the line");
  else
    error(key, "is not a text", "write it in quotes");
  return std::nullopt;
}

std::vector<std::string> Section::texts(std::string_view key, bool required) {
  std::vector<std::string> out;
  const toml::node* node = find(key, required, "a list of texts");
  if (!node) return out;
  const toml::array* array = node->as_array();
  if (!array) {
    error(key, "is not a list", "write it as [\"A\", \"B\"]");
    return out;
  }
  for (const toml::node& item : *array) {
    if (const auto value = item.value_exact<std::string>(); value && !value->empty())
      out.push_back(*value);
    else
      error(key, "holds something that is not a text", "write each in quotes");
  }
  if (required && array->empty()) error(key, "is an empty list", "name at least one");
  return out;
}

std::optional<std::int64_t> Section::integer(std::string_view key, std::int64_t low, std::int64_t high,
                                             std::string_view unit) {
  const toml::node* node = find(key, false, "");
  if (!node) return std::nullopt;
  const std::string range =
      "write " + std::to_string(low) + " to " + std::to_string(high) + " " + std::string(unit);
  const auto found = node->value_exact<std::int64_t>();
  if (found && *found >= low && *found <= high) return found;
  error(key, found ? std::to_string(*found) + " is out of range" : "is not a whole number",
        range + ", without quotes");
  return std::nullopt;
}

void Section::boolean(std::string_view key, bool& value) {
  const toml::node* node = find(key, false, "");
  if (!node) return;
  if (const auto found = node->value_exact<bool>())
    value = *found;
  else
    error(key, "is neither true nor false", "write true or false, without quotes");
}

AgencyCode Section::code(std::string_view key, const std::string& value) {
  const Result<AgencyCode> parsed = AgencyCode::parse(value);
  if (parsed) return *parsed;
  error(key, "\"" + value + "\" is not an agency code", "write it like H52, H52.01 or 000.00.01.H52");
  return {};
}

AgencyCode Section::agency(std::string_view key) {
  const auto value = text(key);
  return value ? code(key, *value) : AgencyCode();
}

std::vector<AgencyCode> Section::agencies(std::string_view key, bool required, bool star) {
  std::vector<AgencyCode> out;
  for (const std::string& value : texts(key, required)) {
    AgencyCode found = star && value == "*" ? AgencyCode() : code(key, value);
    if (value == "*" ? star : !found.empty()) out.push_back(std::move(found));
  }
  return out;
}

Endpoint Section::endpoint(std::string_view key, Endpoint otherwise, bool required) {
  const auto value = text(key, required);
  if (!value) return otherwise;
  const Result<Endpoint> parsed = parse_endpoint(*value);
  if (!parsed) {
    error(key, parsed.error().message, parsed.error().remedy);
    return otherwise;
  }
  if (required && parsed->port == 0) error(key, "has port 0", "write the peer's port, 1 to 65535");
  return *parsed;
}

fs::path Section::absolute(const std::string& value) const {
  return (reading_.file.parent_path() / value).lexically_normal();
}

fs::path Section::path(std::string_view key, bool required) {
  const auto value = text(key, required);
  return value ? absolute(*value) : fs::path();
}

fs::path Section::pem(std::string_view key, Pem kind, bool required) {
  fs::path found = path(key, required);
  if (!found.empty()) (void)contents(key, found, kind);
  return found;
}

CertificateRef Section::certificate(std::string_view key) {
  const auto value = text(key);
  if (!value) return {};
  if (value->starts_with("sha256:")) return fingerprint(key, value->substr(7));
  fs::path found = absolute(*value);
  const auto pem_text = contents(key, found, Pem::certificate);
  if (!pem_text) return {};
  return {Sha256::of(*first_certificate(*pem_text)), std::move(found)};
}

CertificateRef Section::fingerprint(std::string_view key, const std::string& hex) {
  const Result<Digest> digest = Digest::from_hex(hex);
  if (digest) return {*digest, {}};
  error(key, "is not a SHA-256 fingerprint", "write sha256: and 64 hexadecimal digits without colons");
  return {};
}

std::optional<std::string> Section::contents(std::string_view key, const fs::path& file,
                                             std::optional<Pem> kind) {
  Result<std::string> read = read_small_file(file);
  if (!read) {
    error(key, file.string() + " " + read.error().message, read.error().remedy);
    return std::nullopt;
  }
  if (kind == Pem::certificate && !first_certificate(*read)) {
    error(key, file.string() + " holds no PEM certificate", "name a file with BEGIN CERTIFICATE");
    return std::nullopt;
  }
  if (kind == Pem::key && !has_private_key(*read)) {
    error(key, file.string() + " holds no PEM private key", "name a file with BEGIN PRIVATE KEY");
    return std::nullopt;
  }
  if (kind == Pem::key) warn_of_mode(key, file);
  return std::move(*read);
}

void Section::warn_of_mode(std::string_view key, const fs::path& file) {
  struct stat about {};
  if (::stat(file.c_str(), &about) == 0 && (about.st_mode & (S_IRWXO | S_IWGRP)) != 0)
    warning(key, file.string() + " can be read by others or written by its group", "chmod 600 it");
}

void Section::one_of(std::string_view key, const std::string& value, const Names& allowed) {
  if (!allowed.contains(value)) error(key, "\"" + value + "\" is unknown", suggestion(value, allowed));
}

Section Section::section(const std::string& key) {
  const toml::node* node = find(key, false, "");
  if (node && !node->is_table()) error(key, "is not a section", "write it as [" + name(key) + "]");
  return {reading_, node ? node->as_table() : nullptr, name(key), name(key)};
}

const toml::array* Section::tables(std::string_view key) {
  const toml::node* node = find(key, false, "");
  const toml::array* array = node ? node->as_array() : nullptr;
  if (!node || (array && (array->empty() || array->is_homogeneous(toml::node_type::table)))) return array;
  error(key, "is not a list of sections", "write each as [[" + std::string(key) + "]]");
  return nullptr;
}

void Section::finish() {
  if (!table_) return;
  for (const auto& [key, node] : *table_)
    if (!asked_.contains(key.str()))
      reading_.add(Severity::error, key.source().begin.line, name(key.str()), "is not a known key",
                   suggestion(key.str(), asked_));
}

}  // namespace tram::daemon
