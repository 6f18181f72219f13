#include "tramctl/profile.h"

#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>

#include "tramctl/trust_files.h"

namespace tram::client {
namespace {

namespace fs = std::filesystem;

using Keys = std::vector<std::string_view>;
const Keys kKeys{"address",   "certificate", "key",           "roots",    "agency",
                 "node_name", "trust_roots", "intermediates", "log_keys", "mapping"};
const Keys kMappingKeys{"certificate", "agency"};

// One table of the file; sub-tables have readers of their own and share the causes.
class Reader {
 public:
  Reader(const toml::table& table, const std::string& path, std::vector<Error>& causes, std::string name = {})
      : table_(table), path_(path), causes_(causes), name_(std::move(name)) {}

  std::string text(std::string_view key, bool required) {
    const toml::node* node = table_.get(key);
    if (!node) {
      if (required) wrong(name_.empty() ? 1 : line_of(table_), key, "is missing", "add it, a text in quotes");
      return {};
    }
    const auto value = node->value_exact<std::string>();
    if (value && !value->empty()) return *value;
    wrong(line_of(*node), key, value ? "is empty" : "is not a text", "write a text in quotes");
    return {};
  }

  std::string file(std::string_view key, bool required) { return beside(text(key, required)); }

  std::vector<std::string> files(std::string_view key) {
    std::vector<std::string> out = paths(key);
    for (std::string& path : out) path = beside(path);
    return out;
  }

  std::vector<std::string> log_keys(std::string_view key) {
    std::vector<std::string> out = paths(key);
    for (std::string& given : out) given = log_key_beside(given);
    return out;
  }

  AgencyCode agency(std::string_view key, bool required) {
    const std::string written = text(key, required);
    if (written.empty()) return {};
    const Result<AgencyCode> code = AgencyCode::parse(written);
    if (code) return *code;
    wrong(line_of(*table_.get(key)), key, "\"" + written + "\" is not an agency code",
          "write it like H52.01 or 000.00.01.H52");
    return {};
  }

  std::vector<CertificateMapping> mappings(std::string_view key) {
    const toml::node* node = table_.get(key);
    if (!node) return {};
    std::vector<CertificateMapping> out;
    const toml::array* array = node->as_array();
    if (!array || !array->is_homogeneous<toml::table>()) {
      wrong(line_of(*node), key, "is not a list of tables",
            "begin each with a line [[" + std::string(key) + "]]");
      return {};
    }
    for (const toml::node& one : *array)
      out.push_back(Reader(*one.as_table(), path_, causes_, std::string(key) + ".").mapping());
    return out;
  }

  void refuse_unknown(const Keys& known) {
    for (const auto& [key, node] : table_)
      if (std::find(known.begin(), known.end(), key.str()) == known.end())
        wrong(key.source().begin.line, key.str(), "is not a key of a profile", "known are " + all(known));
  }

 private:
  static std::uint32_t line_of(const toml::node& node) { return node.source().begin.line; }

  static std::string all(const Keys& keys) {
    std::string out;
    for (const std::string_view key : keys) out += (out.empty() ? "" : ", ") + std::string(key);
    return out;
  }

  // As they are written: a list, or one alone.
  std::vector<std::string> paths(std::string_view key) {
    const toml::node* node = table_.get(key);
    if (!node) return {};
    if (node->is_string()) return {text(key, false)};
    std::vector<std::string> out;
    const toml::array* array = node->as_array();
    if (!array) wrong(line_of(*node), key, "is not a list of paths", "write it as [\"a.pem\"]");
    for (std::size_t i = 0; array && i < array->size(); ++i) {
      const auto value = (*array)[i].value_exact<std::string>();
      if (value && !value->empty()) {
        out.push_back(*value);
      } else {
        wrong(line_of((*array)[i]), key, "holds something that is not a path", "write each in quotes");
      }
    }
    return out;
  }

  std::string log_key_beside(const std::string& given) const {
    const LogKeyArgument argument = split_log_key(given);
    std::string out(argument.owner);
    if (!out.empty()) out += '=';
    const std::string key(argument.key);
    return out + (is_vkey(key) ? key : beside(key));
  }

  CertificateMapping mapping() {
    CertificateMapping out;
    out.agency = agency("agency", true);
    if (const std::string written = text("certificate", true); !written.empty()) {
      const Result<Digest> digest = fingerprint_from(written, "certificate");
      if (digest) {
        out.certificate = *digest;
      } else {
        wrong(line_of(*table_.get("certificate")), "certificate", "is not the SHA-256 of a certificate",
              digest.error().remedy);
      }
    }
    refuse_unknown(kMappingKeys);
    return out;
  }

  std::string beside(const std::string& value) const {
    return value.empty() ? value : (fs::path(path_).parent_path() / value).lexically_normal().string();
  }

  void wrong(std::uint32_t line, std::string_view key, const std::string& what, std::string remedy) {
    const std::string full = name_ + std::string(key);
    causes_.push_back(invalid(full, "PROFILE_INVALID",
                              path_ + ":" + std::to_string(line) + ": " + full + " " + what,
                              std::move(remedy)));
  }

  const toml::table& table_;
  const std::string& path_;
  std::vector<Error>& causes_;
  const std::string name_;  // of this table, with a dot behind it; empty for the file itself
};

Error invalid_profile(const std::string& path, std::vector<Error> causes) {
  return {
      ErrorCode::invalid_argument, "PROFILE_INVALID", path + " is not a profile", "", "", std::move(causes)};
}

Result<toml::table> parse_toml(std::string_view text, const std::string& path) {
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return invalid_profile(path, {invalid("", "PROFILE_INVALID",
                                          path + ":" + std::to_string(error.source().begin.line) + ": " +
                                              std::string(error.description()),
                                          "it must be TOML; tramctl --help shows a profile")});
  }
}

}  // namespace

Result<Profile> parse_profile(std::string_view text, const std::string& path) {
  const Result<toml::table> table = parse_toml(text, path);
  if (!table) return table.error();
  std::vector<Error> causes;
  Reader reader(*table, path, causes);
  Profile out;
  out.file = path;
  out.address = reader.text("address", true);
  out.certificate = reader.file("certificate", true);
  out.key = reader.file("key", true);
  out.roots = reader.file("roots", true);
  out.agency = reader.agency("agency", false);
  out.node_name = reader.text("node_name", false);
  out.trust_roots = reader.files("trust_roots");
  out.intermediates = reader.files("intermediates");
  out.log_keys = reader.log_keys("log_keys");
  out.mappings = reader.mappings("mapping");
  reader.refuse_unknown(kKeys);
  if (!causes.empty()) return invalid_profile(path, std::move(causes));
  return out;
}

Result<Profile> read_profile(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.error();
  return parse_profile(*text, path);
}

}  // namespace tram::client
