// What must hold in a history in which a node was lost and came back from a backup.
//
// A copy lacks what came after it. What peers sent since, they hand back; what local systems sent since only
// they know: they send it again under the same ids. So, once all is quiet:
//
//   - nobody has any message twice in effect, however often it travelled;
//   - each message that its sender holds for accepted has one effect at each recipient that exists, and none
//     at one that does not: nothing is lost that a peer had, or had given, or that its sender still has;
//     The one exception: a status about a document that the restored node lost and did not have again when
//     the status came is refused there, on record (STATUS_FOR_UNKNOWN_MESSAGE);
//   - what was handed over is what was submitted;
//   - a node that says handed over is right, one that says dead has a true reason: the recipient does not
//     exist, or the next node had the same submission before (SUBMITTED_BEFORE);
//   - what has nothing to do with a restored node has all its fates and proofs, as ever;
//   - a restored node accepts nothing before its peers have handed back;
//   - each log, under its new name too, only grew since it has that name.
//
// Not asked, for nobody can know it or nobody promises it: order across the restore; that what was handed
// over twice was marked so; that a sender sees every proof, for proofs that a lost node had taken and not
// passed on are not handed back.
#include <algorithm>

#include "codec/submitted_digest.h"
#include "tests/simulation/oracle.h"

namespace tram::sim {
namespace {

class RestoreCheck {
 public:
  RestoreCheck(const Facts& facts, const std::set<AgencyCode>& restored, Findings& findings)
      : facts_(facts), restored_(restored), findings_(findings) {}

  void run() {
    for (SimAgency* agency : facts_.agencies()) {
      contract(*agency);
      one_effect_each(*agency);
      for (const auto& [key, acceptance] : agency->accepted()) reached_all(agency->sent().at(key).fields);
    }
    for (const auto& node : facts_.nodes()) {
      for (const auto& [key, copy] : node->copies) {
        if (copy.message->from_link.empty() && copy.message->kind == MessageKind::dispatch)
          lines(*node, copy);
      }
    }
  }

 private:
  void add(const MessageKey& key, const AgencyCode& recipient, const std::string& what) {
    findings_.push_back(text(key) + " to " + recipient.text() + ", after a restore: " + what);
  }

  // A restored node does not know what it said before: but it says nothing before its peers have handed back.
  void contract(SimAgency& agency) {
    for (const std::string& violation : agency.violations()) {
      const bool holds_always = violation.ends_with(SimAgency::kAcceptedTooEarly);
      if (holds_always || !restored_.contains(agency.home().code())) findings_.push_back(violation);
    }
  }

  [[nodiscard]] std::size_t effects(const MessageKey& key, const AgencyCode& recipient) const {
    const SimAgency* agency = facts_.agency(recipient);
    if (agency == nullptr) return 0;
    const auto& taken = agency->taken();
    return static_cast<std::size_t>(std::count_if(
        taken.begin(), taken.end(), [&](const auto& each) { return each.header.submission.key == key; }));
  }

  void one_effect_each(SimAgency& agency) {
    for (const SimAgency::Taken& taken : agency.taken()) {
      const MessageKey& key = taken.header.submission.key;
      if (effects(key, agency.code()) != 1) add(key, agency.code(), "it has several effects");
      if (!taken.verdict.good()) add(key, agency.code(), "it has a bad verdict");
      same_content(agency, taken);
    }
  }

  // It may have been sealed anew, its fields are the sender's.
  void same_content(const SimAgency& agency, const SimAgency::Taken& taken) {
    const Submission& fields = taken.header.submission;
    if (fields.kind == MessageKind::status) return;  // its node names the recipient
    const SimAgency* sender = facts_.agency(fields.key.sender);
    const auto sent = sender->sent().find(fields.key);
    if (sent == sender->sent().end()) return;
    if (codec::submitted_digest(sent->second.fields) != codec::submitted_digest(fields))
      add(fields.key, agency.code(), "it has other fields than were sent");
    for (std::size_t i = 0; i < std::min(taken.contents.size(), fields.attachments.size()); ++i) {
      if (Sha256::of(taken.contents[i].bytes) != fields.attachments[i].sha256)
        add(fields.key, agency.code(), "it has other bytes in " + fields.attachments[i].name);
    }
  }

  [[nodiscard]] bool was_refused_as_unknown(const MessageKey& status) const {
    return std::any_of(facts_.nodes().begin(), facts_.nodes().end(), [&](const auto& node) {
      return std::any_of(node->log.begin(), node->log.end(), [&](const EvidenceRecord& record) {
        return record.message == status && record.reason == "STATUS_FOR_UNKNOWN_MESSAGE";
      });
    });
  }

  void reached_all(const Submission& fields) {
    for (const AgencyCode& recipient : fields.recipients) {
      if (facts_.agency(recipient) != nullptr && effects(fields.key, recipient) == 0 &&
          !was_refused_as_unknown(fields.key))
        add(fields.key, recipient, "it was accepted, and is lost");
    }
  }

  void lines(const NodeFacts& node, const Copy& copy) {
    for (const AgencyCode& recipient : copy.header.submission.recipients) {
      const auto row = node.tables().recipients.find({copy.message->row, recipient});
      if (row == node.tables().recipients.end()) continue;
      const std::string& reason = row->second.reason;
      const bool taken = effects(copy.message->key, recipient) > 0;
      if (row->second.state == RecipientState::handed_over && !taken)
        add(copy.message->key, recipient, "handed over without an effect");
      const bool nobody =
          facts_.agency(recipient) == nullptr && reason.find(recipient.text()) != std::string::npos;
      if (row->second.state == RecipientState::dead && !nobody &&
          reason.find("SUBMITTED_BEFORE") == Bytes::npos)
        add(copy.message->key, recipient, "dead without cause: " + reason);
    }
  }

  const Facts& facts_;
  const std::set<AgencyCode>& restored_;
  Findings& findings_;
};

}  // namespace

void check_after_restore(const Facts& facts, const Circumstances& circumstances, Findings& findings) {
  RestoreCheck(facts, circumstances.restored, findings).run();
}

}  // namespace tram::sim
