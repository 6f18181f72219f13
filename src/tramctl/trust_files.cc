#include "tramctl/trust_files.h"

#include <filesystem>
#include <optional>
#include <sstream>

#include "tramctl/durable_file.h"

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

/// "NODE[,PREFIX...]"; nothing unless all of it is agency codes.
std::optional<evidence::LogOwner> owner_from(std::string_view text) {
  evidence::LogOwner out;
  while (true) {
    const auto comma = text.find(',');
    const auto code = AgencyCode::parse(text.substr(0, comma));
    if (!code) return std::nullopt;
    if (out.node.empty()) {
      out.node = *code;
    } else {
      out.others.push_back(*code);
    }
    if (comma == std::string_view::npos) return out;
    text.remove_prefix(comma + 1);
  }
}

/// False if the log is another node's already. What it serves adds up.
bool add_owner(evidence::LogOwners& owners, const std::string& log, const evidence::LogOwner& owner) {
  evidence::LogOwner& known = owners.try_emplace(log, evidence::LogOwner{owner.node, {}}).first->second;
  for (const AgencyCode& prefix : owner.others) {
    if (!known.speaks_for(prefix)) known.others.push_back(prefix);
  }
  return known.node == owner.node;
}

Error of_two_nodes(const std::string& given, const std::string& log) {
  return invalid(
      "--log-key", "LOG_OF_TWO_NODES",
      given + " says that the log " + log + " is that node's, and another key that it is another's",
      "a log is one node's: ask its operator, and mend --log-key or the profile's log_keys");
}

/// One key given itself, or those of a file.
Result<std::vector<log::VerifierKey>> keys_of(std::string_view key_or_file) {
  if (const auto key = log::VerifierKey::parse(key_or_file)) return std::vector{*key};
  const std::string path(key_or_file);
  const Result<std::string> text = read_file(path);
  if (!text) {
    Error error = text.error();
    if (path.find('=') != std::string::npos)
      error.remedy += "; before '=' stands a node's code, as in H52=log.vkey";
    return error;
  }
  std::vector<log::VerifierKey> out;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    const auto key = log::VerifierKey::parse(line);
    if (!key) return in_file(path, key.error());
    out.push_back(*key);
  }
  return out;
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    return unreadable(path, "does not exist or is not a file");
  if (std::filesystem::file_size(path, error) > kMaxSmallFile)
    return unreadable(path, "is larger than 8 MiB");
  auto text = read_if_there(path);
  if (!text) return text.error();
  if (!*text) return unreadable(path, "does not exist or is not a file");
  return std::move(**text);
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

LogKeyArgument split_log_key(std::string_view given) {
  const LogKeyArgument whole{{}, given};
  const auto equals = given.find('=');
  if (equals == std::string_view::npos || is_vkey(given)) return whole;
  const std::string_view owner = given.substr(0, equals);
  return owner_from(owner) ? LogKeyArgument{owner, given.substr(equals + 1)} : whole;
}

bool is_vkey(std::string_view key) { return log::VerifierKey::parse(key).has_value(); }

Result<GivenLogs> read_logs(const std::vector<std::string>& given) {
  GivenLogs out;
  for (const std::string& each : given) {
    const LogKeyArgument argument = split_log_key(each);
    const auto keys = keys_of(argument.key);
    if (!keys) return keys.error();
    out.keys.insert(out.keys.end(), keys->begin(), keys->end());
    const auto owner = owner_from(argument.owner);
    for (const log::VerifierKey& key : *keys) {
      if (owner && !add_owner(out.owners, key.name(), *owner)) return of_two_nodes(each, key.name());
    }
  }
  return out;
}

Result<std::vector<log::VerifierKey>> read_log_keys(const std::vector<std::string>& given) {
  auto logs = read_logs(given);
  if (!logs) return logs.error();
  return std::move(logs->keys);
}

}  // namespace tram::client
