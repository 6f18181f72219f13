// How one table of a TOML file is read: every key is asked for by name and kind, so that what nobody asked
// for is an unknown key, and every mistake is noted with its line instead of ending the reading.
#pragma once

#include <toml++/toml.h>

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tramd/config.h"

namespace tram::daemon {

/// What the sections share while one file is read.
struct Reading {
  std::filesystem::path file;
  std::vector<Problem> problems;
  std::vector<std::string> keys;  ///< every key asked for, in arrays as "link[].name"
  bool enumerate = false;         ///< visit one empty entry of each array, to learn its keys

  void add(Problem::Severity severity, std::uint32_t line, std::string key, std::string message,
           std::string remedy);
};

using Names = std::set<std::string, std::less<>>;

/// What a PEM file must hold.
enum class Pem : std::uint8_t { certificate, key };

/// A regular file's text, at most 8 MiB; the error's message goes on from the file's name.
[[nodiscard]] Result<std::string> read_small_file(const std::filesystem::path& path);

/// One table of the file. Methods that read a key return an empty or default value where it is absent or
/// wrong; what is wrong is in the Reading. One thread.
class Section {
 public:
  /// `table` may be null: the section is absent. `pattern` is `path` without indices.
  Section(Reading& reading, const toml::table* table, std::string path, std::string pattern);

  [[nodiscard]] bool has(std::string_view key) const { return table_ && table_->contains(key); }
  void error(std::string_view key, std::string message, std::string remedy);
  void warning(std::string_view key, std::string message, std::string remedy);

  std::optional<std::string> text(std::string_view key, bool required = true);
  void boolean(std::string_view key, bool& value);
  AgencyCode agency(std::string_view key);
  /// `star` allows "*", which becomes the empty code.
  std::vector<AgencyCode> agencies(std::string_view key, bool required, bool star);
  /// Required ones are peers', which need a port other than 0.
  Endpoint endpoint(std::string_view key, Endpoint otherwise, bool required);
  /// An absolute path; of anything, or of a readable PEM file.
  std::filesystem::path path(std::string_view key, bool required = true);
  std::filesystem::path pem(std::string_view key, Pem kind, bool required = true);
  /// A PEM file's first certificate, or "sha256:<hex>".
  CertificateRef certificate(std::string_view key);
  /// The text of a file that `key` named, of the right kind if there is one.
  std::optional<std::string> contents(std::string_view key, const std::filesystem::path& file,
                                      std::optional<Pem> kind);

  /// A whole number from `low` to `high`, in `unit`; absent: `value` stays.
  template <class Number>
  void number(std::string_view key, Number& value, std::int64_t low, std::int64_t high,
              std::string_view unit) {
    if (const auto found = integer(key, low, high, unit)) value = static_cast<Number>(*found);
  }

  /// Reports a value seen before in the same sense.
  template <class Value>
  void once(std::string_view key, std::map<Value, std::uint32_t>& seen, const Value& value,
            const std::string& shown) {
    const auto [at, fresh] = seen.emplace(value, line_of(key));
    if (!fresh) error(key, shown + " stands already at line " + std::to_string(at->second), "keep one");
  }

  /// Reports a value that is not one of `allowed`.
  void one_of(std::string_view key, const std::string& value, const Names& allowed);

  /// The table [key] within this one.
  [[nodiscard]] Section section(const std::string& key);

  /// Calls `visit(section)` for each [[key]].
  template <class Visit>
  void each(const std::string& key, Visit visit) {
    const toml::array* array = tables(key);
    for (std::size_t i = 0; array && i < array->size(); ++i)
      visit(
          Section(reading_, array->get_as<toml::table>(i), key + "[" + std::to_string(i) + "]", key + "[]"));
    if (reading_.enumerate) visit(Section(reading_, nullptr, key, key + "[]"));
  }

  /// Reports the keys that nobody asked for.
  void finish();

 private:
  const toml::node* find(std::string_view key, bool required, std::string_view kind);
  const toml::array* tables(std::string_view key);
  std::vector<std::string> texts(std::string_view key, bool required);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t low, std::int64_t high,
                                      std::string_view unit);
  AgencyCode code(std::string_view key, const std::string& value);
  CertificateRef fingerprint(std::string_view key, const std::string& hex);
  void warn_of_mode(std::string_view key, const std::filesystem::path& file);
  [[nodiscard]] std::filesystem::path absolute(const std::string& value) const;
  [[nodiscard]] std::uint32_t line_of(std::string_view key) const;
  [[nodiscard]] std::string name(std::string_view key) const;

  Reading& reading_;
  const toml::table* table_;
  std::string path_, pattern_;
  std::uint32_t line_ = 0;
  Names asked_;
};

}  // namespace tram::daemon
