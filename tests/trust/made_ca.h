// Certificates made in memory: as many CAs, of whatever names, as a test needs.
#pragma once

#include <memory>
#include <string>

#include "trust/certificate.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace tram::trust::test {

/// A CA: a name and a P-256 key of its own. One thread.
class MadeCa {
 public:
  explicit MadeCa(std::string name);

  /// A certificate of this CA's key by another's, or its own: until so many days after noon of 2026-01-01,
  /// and from then or another day on.
  [[nodiscard]] CertificatePtr certified_by(const MadeCa& issuer, int until = 365, int from = 0) const;
  [[nodiscard]] CertificatePtr root() const { return certified_by(*this); }

 private:
  std::string name_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace tram::trust::test
