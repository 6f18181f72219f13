// Small files that hold certificates and keys.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "evidence/verification.h"
#include "log/note.h"
#include "trust/certificate.h"

namespace tram::client {

/// At most 8 MiB. Errors: NOT_FOUND, FILE_UNREADABLE naming the file.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

/// Every certificate of PEM files. Errors name the file.
[[nodiscard]] Result<std::vector<trust::CertificatePtr>> read_certificates(
    const std::vector<std::string>& paths);
/// One certificate, PEM or DER.
[[nodiscard]] Result<trust::CertificatePtr> read_certificate(const std::string& path);

/// A log's key as it is given, in --log-key and in a profile: "[NODE[,PREFIX...]=]KEY".
struct LogKeyArgument {
  std::string_view owner;  ///< "NODE[,PREFIX...]": agency codes; empty if nobody says whose log it is
  std::string_view key;    ///< a C2SP vkey, or a file with one a line
};
/// What does not begin with agency codes and '=' is a key as a whole: vkeys and paths may hold '=' too.
[[nodiscard]] LogKeyArgument split_log_key(std::string_view given);
/// Whether it is a vkey and no file.
[[nodiscard]] bool is_vkey(std::string_view key);

/// Logs that whoever verifies trusts, and whose they are as far as that was given.
struct GivenLogs {
  std::vector<log::VerifierKey> keys;
  evidence::LogOwners owners;
};
/// Errors name what was given, or the file. INVALID_ARGUMENT, LOG_OF_TWO_NODES if one log is given two nodes.
[[nodiscard]] Result<GivenLogs> read_logs(const std::vector<std::string>& given);
/// The keys alone.
[[nodiscard]] Result<std::vector<log::VerifierKey>> read_log_keys(const std::vector<std::string>& given);

}  // namespace tram::client
