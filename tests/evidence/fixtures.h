// One message, signed and receipted, and its container.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "evidence/container_writer.h"
#include "evidence/verification.h"
#include "trust/signing_key.h"

namespace tram::evidence::test {

std::string read_file(const std::string& path);
void write_file(const std::string& path, BytesView bytes);

/// Runs a command line; its output, and whether it exited with 0.
struct Ran {
  bool ok = false;
  std::string output;
};
Ran run(const std::string& command);

/// A new folder, removed when it goes.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Below the practice PKI that certs/make-pki made for these tests.
std::string pki(const std::string& name);
trust::CertificatePtr certificate(const std::string& name);  ///< the first of a PEM file
AgencyCode code(const char* text);
log::VerifierKey log_key(const std::string& node);  ///< "sonla", "noivu"

/// H52.01 to G09.02 and H52.05, sealed by node H52 an hour after the seal's beginning: two attachments, of
/// which one has a Vietnamese name and one is empty. Four receipts: three of node H52 in two checkpoints, one
/// of node G09.
struct Sample {
  Sample();

  Header header;
  std::vector<Bytes> contents;
  ContainerParts parts;
  std::vector<EvidenceRecord> records;
  VerificationTrust trust;  ///< all that is needed; `now` is a day after signing

  /// Signs `header` again, and sets header and signature of `parts`.
  void seal(const std::string& seal_name = "H52.01");
  /// Proves `records` again about what `parts` holds.
  void prove();
  /// A record about what `parts` holds, some time after signing.
  [[nodiscard]] EvidenceRecord record(EvidenceEvent event, const char* node, Duration after,
                                      std::vector<AgencyCode> recipients) const;
  /// Says whose log it is: that of the node "sonla" or "noivu".
  void say_owner(const std::string& node, const char* code, std::vector<AgencyCode> others = {});
  [[nodiscard]] OpenAttachment open() const;
  /// The container's bytes.
  [[nodiscard]] Bytes write() const;

 private:
  void complete(EvidenceRecord& record) const;
};

/// A bundle of records as entries of a log with others around them.
ReceiptBundle prove(const std::string& node, const std::vector<EvidenceRecord>& records, std::size_t before);

/// Verifies bytes as a container.
ContainerReport verify(const Folder& folder, BytesView container, const VerificationTrust& trust);

/// "member: REASON" of every cause.
std::vector<std::string> causes(const ContainerReport& report);
/// Members that a cause names.
std::vector<std::string> named(const ContainerReport& report);

}  // namespace tram::evidence::test
