// Certificates and keys from certs/make-test-fixtures, made when first asked for.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "trust/signing_key.h"
#include "trust/verifier.h"

namespace tram::trust::test {

/// The file's bytes, below the fixtures' folder.
std::string read(const std::string& name);
/// Its path.
std::string path(const std::string& name);
CertificatePtr certificate(const std::string& name);
SigningKey key(const std::string& name);

/// Trusts the fixtures' root; knows its agencies' CA.
const Verifier& verifier();
CertificatePtr root();
CertificatePtr agencies_ca();

/// Noon on a day.
Timestamp noon(int year, unsigned month, unsigned day);
/// Within the validity of what was made today: an hour after p256's beginning.
Timestamp now();

AgencyCode code(const char* text);

/// A manifest's stand-in.
inline const std::string kContent = "<asic:ASiCManifest>\xE1\xBA\xA1</asic:ASiCManifest>\n";

/// A signature by `signer` over kContent at now(), claimed and judged correctly for agency H52.01.
struct Signed {
  explicit Signed(const std::string& signer, Timestamp time = now());
  Bytes signature;
  SignatureToVerify claim;  // views into this object
  Signed(const Signed&) = delete;
  Signed& operator=(const Signed&) = delete;
};

/// A claim about a certificate alone, for judge_certificate.
SignatureToVerify claim_about(const std::string& certificate_name);

std::vector<std::string> reasons(const std::vector<Error>& errors);
std::string text_of(const Verdict& verdict);

/// Runs a command line; true if it exits with 0. Its output goes to `output` if given.
bool run(const std::string& command, std::string* output = nullptr);
/// A new folder for one test, removed when it goes.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  /// Writes a file and answers its path.
  std::string write(const std::string& name, BytesView bytes) const;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace tram::trust::test
