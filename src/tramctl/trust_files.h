// Small files that hold certificates and keys.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
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

/// Log keys (C2SP vkeys), each given itself or as a file with one a line. Errors name it.
[[nodiscard]] Result<std::vector<log::VerifierKey>> read_log_keys(
    const std::vector<std::string>& keys_or_files);

}  // namespace tram::client
