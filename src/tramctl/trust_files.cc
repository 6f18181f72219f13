#include "tramctl/trust_files.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace tram::client {
namespace {

constexpr std::uintmax_t kMaxSmallFile = 8 << 20;

Error unreadable(const std::string& path, const std::string& why) {
  return failure(ErrorCode::not_found, "FILE_UNREADABLE", path + " " + why, "check the path and the rights");
}

Error in_file(const std::string& path, Error error) {
  error.message = path + ": " + error.message;
  return error;
}

// The remedies of the trust library are for who sends a certificate.
Error no_certificate(const std::string& path, Error error, std::string remedy) {
  error.field.clear();
  error.remedy = std::move(remedy);
  return in_file(path, std::move(error));
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    return unreadable(path, "does not exist or is not a file");
  if (std::filesystem::file_size(path, error) > kMaxSmallFile)
    return unreadable(path, "is larger than 8 MiB");
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return unreadable(path, "cannot be read");
  return std::move(text).str();
}

Result<std::vector<trust::CertificatePtr>> read_certificates(const std::vector<std::string>& paths) {
  std::vector<trust::CertificatePtr> out;
  for (const std::string& path : paths) {
    const Result<std::string> text = read_file(path);
    if (!text) return text.error();
    const auto found = trust::Certificate::read_pem_bundle(*text);
    if (!found)
      return no_certificate(
          path, found.error(),
          "name a file of CA certificates in PEM (-----BEGIN CERTIFICATE-----), of those you "
          "trust alone");
    out.insert(out.end(), found->begin(), found->end());
  }
  return out;
}

Result<trust::CertificatePtr> read_certificate(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.error();
  const bool pem = text->find("-----BEGIN CERTIFICATE-----") != std::string::npos;
  const auto found = pem ? trust::Certificate::from_pem(*text) : trust::Certificate::from_der(*text);
  if (!found) return no_certificate(path, found.error(), "name a file with one certificate in PEM or DER");
  return *found;
}

Result<std::vector<log::VerifierKey>> read_log_keys(const std::vector<std::string>& keys_or_files) {
  std::vector<log::VerifierKey> out;
  for (const std::string& given : keys_or_files) {
    if (const auto key = log::VerifierKey::parse(given)) {
      out.push_back(*key);
      continue;
    }
    const Result<std::string> text = read_file(given);
    if (!text) return text.error();
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
      if (line.empty()) continue;
      const auto key = log::VerifierKey::parse(line);
      if (!key) return in_file(given, key.error());
      out.push_back(*key);
    }
  }
  return out;
}

}  // namespace tram::client
