#include "evidence/receipt_set.h"

#include <algorithm>
#include <map>

#include "codec/evidence_json.h"
#include "evidence/receipt_agreement.h"

namespace tram::evidence {
namespace {

// A proof is at most a checkpoint and 64 hashes of 45 characters; a longer note is refused unread.
constexpr std::uint64_t kMaxProof = log::kMaxNoteSize + 64 * 45 + 256;
constexpr std::uint64_t kMaxLogKeys = 64 * 1024;
// All records and proofs, unpacked: what is reported of them is kept in memory. A message to 1,000 recipients
// has some 6 MiB.
constexpr std::uint64_t kMaxReceipts = 32 << 20;

struct Half {
  std::string member;
  ReceiptName name;
};

struct Pair {
  std::optional<Half> record, proof;
};

class ReceiptSet {
 public:
  ReceiptSet(MemberTable& members, const ReceiptSubject& subject, const VerificationTrust& trust)
      : members_(members), subject_(subject), trust_(trust) {}

  ReceiptFindings check() {
    const auto pairs = find_pairs();
    embedded_ = read_embedded_keys();
    std::size_t next = 1;
    for (const auto& [number, pair] : pairs) {
      if (number != next) {
        members_.add(pair.record ? pair.record->member : pair.proof->member, "RECEIPT_MISSING",
                     "has no receipt with the number before it");
      }
      next = number + 1;
      check_pair(pair);
    }
    check_embedded_keys();
    ReceiptFindings found;
    found.forwarded = check_agreement(reports_, subject_, trust_.log_owners, members_.causes());
    found.log_keys = list_keys();
    found.receipts = std::move(reports_);
    return found;
  }

 private:
  [[nodiscard]] std::map<std::size_t, Pair> find_pairs() const {
    std::map<std::size_t, Pair> pairs;
    for (const auto& member : members_.all()) {
      const auto name = parse_receipt_name(member.name);
      if (!name) continue;
      auto& place = name->is_proof ? pairs[name->number].proof : pairs[name->number].record;
      if (!place) place = Half{member.name, *name};  // a second one of that number stays unexpected
    }
    return pairs;
  }

  void check_pair(const Pair& pair) {
    if (!pair.record || !pair.proof || pair.record->name.event != pair.proof->name.event) {
      for (const auto& half : {pair.record, pair.proof}) {
        if (half) add_incomplete(half->member);
      }
      return;
    }
    if (total_ > kMaxReceipts) return add_too_much(pair);
    auto record = members_.read(pair.record->member, codec::kMaxRecordBytes);
    auto proof = members_.read(pair.proof->member, kMaxProof);
    if (!record || !proof) return add_bad(pair.record->member);
    total_ += record->size() + proof->size();
    const ReceiptFiles files{pair.record->name, pair.record->member, pair.proof->member, std::move(*record),
                             std::move(*proof)};
    reports_.push_back(check_receipt(files, subject_, {trust_.log_keys, embedded_}, members_.causes()));
  }

  void add_incomplete(const std::string& member) {
    members_.expect(member);
    members_.add(member, "RECEIPT_INCOMPLETE", "needs both a record and its proof under one name");
    add_bad(member);
  }

  void add_too_much(const Pair& pair) {
    members_.expect(pair.proof->member);
    members_.expect(pair.record->member);
    members_.add(pair.record->member, "RECEIPTS_TOO_LARGE",
                 "was not read: the receipts before it are more than those of one message can be");
    add_bad(pair.record->member);
  }

  void add_bad(const std::string& member) {
    ReceiptReport report;
    report.member = member;
    report.state = CheckState::bad;
    reports_.push_back(std::move(report));
  }

  [[nodiscard]] std::vector<log::VerifierKey> read_embedded_keys() {
    if (!members_.has(kLogKeysMember)) return {};
    const auto text = members_.read(kLogKeysMember, kMaxLogKeys);
    if (!text) return {};
    auto keys = read_log_keys(*text);
    if (keys) return std::move(*keys);
    members_.add(kLogKeysMember, keys.error());
    return {};
  }

  [[nodiscard]] bool is_of_a_receipt(const log::VerifierKey& key) const {
    return std::any_of(reports_.begin(), reports_.end(),
                       [&](const ReceiptReport& receipt) { return receipt.origin == key.name(); });
  }

  [[nodiscard]] std::vector<LogKeyReport> list_keys() const {
    std::vector<LogKeyReport> out;
    const auto& given = trust_.log_keys;
    for (const log::VerifierKey& key : given) {
      if (is_of_a_receipt(key)) out.push_back({key, true, owner_of(key)});
    }
    for (const log::VerifierKey& key : embedded_) {
      if (std::find(given.begin(), given.end(), key) == given.end()) out.push_back({key, false, {}});
    }
    return out;
  }

  [[nodiscard]] std::optional<LogOwner> owner_of(const log::VerifierKey& key) const {
    const auto owner = trust_.log_owners.find(key.name());
    if (owner == trust_.log_owners.end()) return std::nullopt;
    return owner->second;
  }

  void check_embedded_keys() {
    for (const log::VerifierKey& key : embedded_) {
      if (!is_of_a_receipt(key)) {
        members_.add(kLogKeysMember, "LOG_KEY_UNRELATED", "holds the key of a log that no receipt is from");
      }
      const auto& known = trust_.log_keys;
      const bool origin_is_known =
          std::any_of(known.begin(), known.end(), [&](const auto& one) { return one.name() == key.name(); });
      if (origin_is_known && std::find(known.begin(), known.end(), key) == known.end()) {
        members_.add(kLogKeysMember, "LOG_KEY_FOREIGN",
                     "holds another key of the log " + key.name() + " than is known");
      }
    }
  }

  MemberTable& members_;
  const ReceiptSubject& subject_;
  const VerificationTrust& trust_;
  std::vector<log::VerifierKey> embedded_;
  std::vector<ReceiptReport> reports_;
  std::uint64_t total_ = 0;  // bytes of records and proofs
};

}  // namespace

ReceiptFindings check_receipts(MemberTable& members, const ReceiptSubject& subject,
                               const VerificationTrust& trust) {
  return ReceiptSet(members, subject, trust).check();
}

}  // namespace tram::evidence
