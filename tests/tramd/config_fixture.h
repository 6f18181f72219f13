// A folder with the files that deploy/tramd.toml names, and the configuration in it.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tramd/config_reader.h"

namespace tram::daemon::testing {

/// PEM blocks of the right form whose contents nobody decodes here; `seed` makes them differ.
inline std::string certificate_pem(char seed) {
  return std::string("-----BEGIN CERTIFICATE-----\nMAM") + seed + "AQA=\n-----END CERTIFICATE-----\n";
}
inline constexpr const char* kKeyPem = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
inline constexpr const char* kVkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

/// Removed with everything in it at the end.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "tram-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text, unsigned mode = 0600) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
    ::chmod((path_ / name).c_str(), mode);
  }

 private:
  std::filesystem::path path_;
};

inline std::string example() {
  std::ostringstream out;
  out << std::ifstream(TRAM_SOURCE_DIR "/deploy/tramd.toml").rdbuf();
  return out.str();
}

/// Every file the example names.
inline void write_files(const Folder& folder) {
  char seed = 'A';
  for (const char* name : {"tls/node.pem", "tls/roots.pem", "trust/roots.pem", "trust/intermediates.pem",
                           "seals/H52.pem", "seals/H52.01.pem", "registrar.pem", "peers/G22.pem"})
    folder.write(name, certificate_pem(seed++), 0644);
  for (const char* name : {"tls/node.key", "log/log.key", "seals/H52.key", "seals/H52.01.key"})
    folder.write(name, kKeyPem);
  folder.write("peers/G09.vkey", std::string(kVkey) + "\n");
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) std::abort();  // the test does not test what it says
  return text.replace(at, from.size(), to);
}

/// The line, counted from 1, in which `part` first stands.
inline std::uint32_t line_of(const std::string& text, const std::string& part) {
  const std::size_t at = text.find(part);
  if (at == std::string::npos) std::abort();
  return static_cast<std::uint32_t>(std::count(text.begin(), text.begin() + static_cast<long>(at), '\n')) + 1;
}

}  // namespace tram::daemon::testing
