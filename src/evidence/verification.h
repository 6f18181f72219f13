// Checks a container offline: with the roots and the logs' keys that the reader trusts, and nothing else.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "log/note.h"
#include "model/evidence_record.h"
#include "model/message.h"
#include "model/verdict.h"
#include "trust/certificate.h"
#include "trust/verifier.h"

namespace tram::evidence {

/// The node that keeps a log, as its operator told whoever verifies.
struct LogOwner {
  AgencyCode node;
  std::vector<AgencyCode> others;  ///< prefixes of agencies that it serves beside those within its own code
  bool operator==(const LogOwner&) const = default;

  [[nodiscard]] bool speaks_for(const AgencyCode& agency) const;
};

/// By the log's name. Of a log that is not here its own word is taken for its node's name, and believed of
/// agencies within that node's code alone.
using LogOwners = std::map<std::string, LogOwner, std::less<>>;

/// What the person who verifies trusts.
struct VerificationTrust {
  std::vector<trust::CertificatePtr> roots;
  std::vector<trust::CertificatePtr> intermediates;  ///< beside those in the container
  std::vector<log::VerifierKey> log_keys;            ///< several of one log are its keys of different years
  LogOwners log_owners;                              ///< of logs in log_keys
  trust::Mapping mapped;  ///< certificates that speak for an agency although they do not say so; may be empty
  Timestamp now;          ///< the basis of time when no log proves an earlier one
};

/// One member of the file.
struct MemberReport {
  std::string name;
  std::uint64_t size = 0;
  CheckState state = CheckState::not_checked;  ///< bad exactly when a cause names it
};

/// Whose word it is that a log has the key by which a checkpoint's signature was checked.
enum class KeySource : std::uint8_t {
  none = 0,       ///< no key of the log is known: the signature was not checked at all
  container = 1,  ///< the container's alone: shows damage, proves nothing, for whoever made it chose the key
  given = 2,      ///< of who verifies: VerificationTrust::log_keys
};

/// One receipt: a node's record, and the proof that it stands in the node's log.
struct ReceiptReport {
  std::string member;  ///< of the record
  std::string origin;  ///< of the log, as the proof's checkpoint says
  std::optional<EvidenceRecord> record;
  std::uint64_t index = 0;      ///< of the entry in the log
  std::uint64_t tree_size = 0;  ///< of the checkpoint
  KeySource key = KeySource::none;
  /// good: under a checkpoint signed by a given key of that log, about this message, and by a node that may
  /// say so. not_checked: nothing wrong, but no key of the log was given, or there is a doubt.
  CheckState state = CheckState::not_checked;
  std::string doubt;  ///< for a person: what else is not proven; empty if nothing, or if the receipt is bad
};

/// A recipient whom the sender did not name: an operator of the sender's node had the message sent there.
struct ForwardedRecipient {
  AgencyCode agency;
  AgencyCode node;                             ///< whose operator
  CheckState state = CheckState::not_checked;  ///< good if a good receipt says so; never bad
};

/// A key of a log that the container's receipts are from.
struct LogKeyReport {
  log::VerifierKey key;
  bool given = false;             ///< by who verifies; else it only lies in the container
  std::optional<LogOwner> owner;  ///< of the log, if given
};

/// Everything found. Plain values, for people and for JSON.
struct ContainerReport {
  std::string path;
  /// The header and all attachments are what the manifest says, the manifest is signed, the signature's
  /// verdict is good, and the file holds nothing else. not_checked never remains: what could not be checked
  /// is bad here, with its cause.
  CheckState document = CheckState::not_checked;
  /// bad if any receipt is; good if there are some and all are; else not_checked.
  CheckState receipts_state = CheckState::not_checked;
  /// Every reason to refuse the container; `field` is the name of the member at fault, empty for the file as
  /// a whole. Empty exactly when nothing is bad.
  std::vector<Error> causes;
  std::optional<Header> header;    ///< if it could be read
  Digest header_digest;            ///< of header.json; zero if there is none
  Digest manifest_digest;          ///< of the manifest derived from it; zero if it could not be derived
  std::optional<Verdict> verdict;  ///< if the signature could be judged over that manifest
  AgencyCode time_node;  ///< whose log proves the verdict's judged_at; empty: it is VerificationTrust::now
  std::vector<MemberReport> members;
  std::vector<ReceiptReport> receipts;
  std::vector<ForwardedRecipient> forwarded;  ///< by agency
  std::vector<LogKeyReport> log_keys;         ///< given ones first

  /// Nothing is bad. Receipts may still be not checked: say so beside it.
  [[nodiscard]] bool acceptable() const { return causes.empty(); }
};

/// Reads the container at `path` in bounded memory and checks every member; goes on after a fault, to name
/// all. The basis of time is the acceptance, else the arrival, that good receipts prove
/// (evidence/judging_time.h), else `trust.now`. Blocks; any thread.
[[nodiscard]] ContainerReport verify_container(const std::string& path, const VerificationTrust& trust);

[[nodiscard]] std::string_view name(KeySource source);  ///< "none", "container", "given"

/// For people: several lines, the last one a conclusion. Names and texts from the container are made safe to
/// print.
[[nodiscard]] std::string to_text(const ContainerReport& report);

}  // namespace tram::evidence
