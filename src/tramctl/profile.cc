#include "tramctl/profile.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "tramctl/trust_files.h"

namespace tram::client {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 9> kKeys{"address",     "certificate",   "key",
                                                "roots",       "agency",        "node_name",
                                                "trust_roots", "intermediates", "log_keys"};

class Reader {
 public:
  Reader(const toml::table& table, const std::string& path) : table_(table), path_(path) {}

  std::string text(std::string_view key, bool required) {
    const toml::node* node = table_.get(key);
    if (!node) {
      if (required) wrong(1, key, "is missing", "add it, a text in quotes");
      return {};
    }
    const auto value = node->value_exact<std::string>();
    if (value && !value->empty()) return *value;
    wrong(node->source().begin.line, key, value ? "is empty" : "is not a text", "write a text in quotes");
    return {};
  }

  std::string file(std::string_view key, bool required) { return beside(text(key, required)); }

  std::vector<std::string> files(std::string_view key) {
    const toml::node* node = table_.get(key);
    if (!node) return {};
    if (node->is_string()) return {file(key, false)};
    std::vector<std::string> out;
    const toml::array* array = node->as_array();
    if (!array) wrong(node->source().begin.line, key, "is not a list of paths", "write it as [\"a.pem\"]");
    for (std::size_t i = 0; array && i < array->size(); ++i) {
      const auto value = (*array)[i].value_exact<std::string>();
      if (value && !value->empty()) {
        out.push_back(beside(*value));
      } else {
        wrong((*array)[i].source().begin.line, key, "holds something that is not a path",
              "write each in quotes");
      }
    }
    return out;
  }

  AgencyCode agency(std::string_view key) {
    const std::string written = text(key, false);
    if (written.empty()) return {};
    const Result<AgencyCode> code = AgencyCode::parse(written);
    if (code) return *code;
    wrong(table_.get(key)->source().begin.line, key, "\"" + written + "\" is not an agency code",
          "write it like H52.01 or 000.00.01.H52");
    return {};
  }

  void refuse_unknown() {
    for (const auto& [key, node] : table_)
      if (std::find(kKeys.begin(), kKeys.end(), key.str()) == kKeys.end())
        wrong(key.source().begin.line, key.str(), "is not a key of a profile", "known are " + all_keys());
  }

  [[nodiscard]] std::vector<Error> take() && { return std::move(causes_); }

 private:
  static std::string all_keys() {
    std::string out;
    for (const std::string_view key : kKeys) out += (out.empty() ? "" : ", ") + std::string(key);
    return out;
  }

  std::string beside(const std::string& value) const {
    return value.empty() ? value : (fs::path(path_).parent_path() / value).lexically_normal().string();
  }

  void wrong(std::uint32_t line, std::string_view key, const std::string& what, std::string remedy) {
    causes_.push_back(invalid(std::string(key), "PROFILE_INVALID",
                              path_ + ":" + std::to_string(line) + ": " + std::string(key) + " " + what,
                              std::move(remedy)));
  }

  const toml::table& table_;
  const std::string& path_;
  std::vector<Error> causes_;
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
                                          "it must be TOML")});
  }
}

}  // namespace

Result<Profile> parse_profile(std::string_view text, const std::string& path) {
  const Result<toml::table> table = parse_toml(text, path);
  if (!table) return table.error();
  Reader reader(*table, path);
  Profile out;
  out.file = path;
  out.address = reader.text("address", true);
  out.certificate = reader.file("certificate", true);
  out.key = reader.file("key", true);
  out.roots = reader.file("roots", true);
  out.agency = reader.agency("agency");
  out.node_name = reader.text("node_name", false);
  out.trust_roots = reader.files("trust_roots");
  out.intermediates = reader.files("intermediates");
  out.log_keys = reader.files("log_keys");
  reader.refuse_unknown();
  if (std::vector<Error> causes = std::move(reader).take(); !causes.empty())
    return invalid_profile(path, std::move(causes));
  return out;
}

Result<Profile> read_profile(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.error();
  return parse_profile(*text, path);
}

}  // namespace tram::client
