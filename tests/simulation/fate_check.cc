// Every accepted message ends, for each recipient, in exactly one of two ways.
#include <algorithm>

#include "tests/simulation/oracle.h"

namespace tram::sim {
namespace {

class FateCheck {
 public:
  FateCheck(const Facts& facts, Findings& findings) : facts_(facts), findings_(findings) {}

  // Of a message that entered the network at this node.
  void run(const NodeFacts& origin, const Copy& copy) {
    const bool is_status = copy.message->kind == MessageKind::status;
    if (!was_made_here(copy)) add(copy, {}, "is stored, but nobody was told that it was accepted");
    for (const AgencyCode& recipient : copy.header.submission.recipients) {
      if (is_status) {
        status(origin, copy, recipient);
      } else {
        dispatch(origin, copy, recipient);
      }
    }
    if (!is_status) has_arrival_statuses(copy);
  }

 private:
  void add(const Copy& copy, const AgencyCode& recipient, const std::string& what) {
    const std::string to = recipient.empty() ? "" : " to " + recipient.text();
    findings_.push_back(text(copy.message->key) + to + ": " + what);
  }

  // By an agency that was told, or as a status 01 by the node.
  [[nodiscard]] bool was_made_here(const Copy& copy) const {
    if (copy.header.signed_by == SignedBy::node) return true;
    const SimAgency* sender = facts_.agency(copy.message->key.sender);
    return sender != nullptr && sender->accepted().contains(copy.message->key);
  }

  [[nodiscard]] std::size_t effects(const MessageKey& key, const AgencyCode& recipient) const {
    const SimAgency* agency = facts_.agency(recipient);
    if (agency == nullptr) return 0;
    return static_cast<std::size_t>(
        std::count_if(agency->taken().begin(), agency->taken().end(),
                      [&](const SimAgency::Taken& taken) { return taken.header.submission.key == key; }));
  }

  void dispatch(const NodeFacts& origin, const Copy& copy, const AgencyCode& recipient) {
    const std::size_t taken = effects(copy.message->key, recipient);
    const auto row = origin.tables().recipients.find({copy.message->row, recipient});
    if (row == origin.tables().recipients.end()) return add(copy, recipient, "the sender has no line of it");
    switch (row->second.state) {
      case RecipientState::handed_over:
        if (taken != 1) add(copy, recipient, "handed over with " + std::to_string(taken) + " effects");
        return;
      case RecipientState::dead:
        if (taken != 0) add(copy, recipient, "dead, and taken nevertheless: " + row->second.reason);
        if (!may_be_dead(recipient, row->second.reason))
          add(copy, recipient, "dead without cause: " + row->second.reason);
        return;
      default:
        add(copy, recipient,
            "all is quiet, and it is " + std::string(name(row->second.state)) + " with " +
                std::to_string(taken) + " effects");
    }
  }

  // Statuses have no receipts: where one ended is told by the record of its refusal there.
  void status(const NodeFacts& origin, const Copy& copy, const AgencyCode& recipient) {
    const std::size_t taken = effects(copy.message->key, recipient);
    const NodeFacts* home = facts_.home_of(recipient);
    const EvidenceRecord* dead = nullptr;
    for (const NodeFacts* node : facts_.way(origin.code(), home->code())) {
      if (dead == nullptr) dead = refusal(*node, copy.message->key, recipient);
    }
    if (taken == 0 && dead == nullptr) return add(copy, recipient, "the status is neither taken nor dead");
    if (taken > 0 && dead != nullptr) add(copy, recipient, "the status is dead, and taken: " + dead->reason);
    if (taken > 1) add(copy, recipient, "the status has " + std::to_string(taken) + " effects");
    if (dead != nullptr && !may_be_dead(recipient, dead->reason + ": " + dead->detail))
      add(copy, recipient, "the status is dead without cause: " + dead->reason);
  }

  static const EvidenceRecord* refusal(const NodeFacts& node, const MessageKey& key,
                                       const AgencyCode& recipient) {
    const Copy* copy = node.find(key);
    if (copy == nullptr) return nullptr;
    for (const EvidenceRecord* record : copy->records) {
      if (record->event == EvidenceEvent::relay_rejection && names(*record, recipient)) return record;
    }
    return nullptr;
  }

  // A clock that was hours wrong is no cause: what it sealed waits.
  [[nodiscard]] bool may_be_dead(const AgencyCode& recipient, const std::string& reason) const {
    return facts_.agency(recipient) == nullptr && reason.find(recipient.text()) != std::string::npos;
  }

  // Where a dispatch was consigned, its status 01 was made.
  void has_arrival_statuses(const Copy& copy) {
    for (const auto& node : facts_.nodes()) {
      const Copy* arrived = node->find(copy.message->key);
      if (arrived == nullptr) continue;
      for (const AgencyCode& recipient : copy.header.submission.recipients) {
        if (arrived->count(EvidenceEvent::content_consignment, recipient) == 0) continue;
        const auto made = arrival_statuses(*node, copy.message->key, recipient);
        if (made != 1) add(copy, recipient, std::to_string(made) + " statuses 01 were made");
      }
    }
  }

  static std::size_t arrival_statuses(const NodeFacts& node, const MessageKey& about,
                                      const AgencyCode& recipient) {
    std::size_t count = 0;
    const auto& statuses = node.tables().statuses;
    for (auto at = statuses.lower_bound({about, exchange::MessageRow(0)});
         at != statuses.end() && at->first.first == about; ++at) {
      const exchange::StoredMessage& message = node.tables().messages.at(at->first.second);
      const Copy* status = node.find(message.key);
      if (message.key.sender == recipient && message.from_link.empty() && status != nullptr &&
          status->header.submission.status->code == StatusCode::arrived)
        ++count;
    }
    return count;
  }

  const Facts& facts_;
  Findings& findings_;
};

}  // namespace

void check_fates(const Facts& facts, const Circumstances& circumstances, Findings& findings) {
  FateCheck check(facts, findings);
  for (const auto& node : facts.nodes()) {
    for (const auto& [key, copy] : node->copies) {
      if (!copy.message->from_link.empty()) continue;
      if (!touches_restored(facts, circumstances, *node, copy)) check.run(*node, copy);
    }
  }
}

// Nothing was handed over that was not sent, to nobody it was not sent to, and nothing was changed.
void check_hand_overs(const Facts& facts, Findings& findings) {
  for (SimAgency* agency : facts.agencies()) {
    for (const SimAgency::Taken& taken : agency->taken()) {
      const Submission& fields = taken.header.submission;
      const std::string what = taken.id.text() + ": ";
      const NodeFacts* origin = facts.home_of(fields.key.sender);
      const Copy* sent = origin == nullptr ? nullptr : origin->find(fields.key);
      if (sent == nullptr) {
        findings.push_back(what + "was taken, and is not stored where it was accepted");
        continue;
      }
      const auto& to = fields.recipients;
      if (std::count(to.begin(), to.end(), agency->code()) != 1) findings.push_back(what + "is not for it");
      if (!(sent->header == taken.header)) findings.push_back(what + "has another header than was sent");
      if (!taken.verdict.good()) findings.push_back(what + "has a bad verdict");
      if (taken.contents.size() != fields.attachments.size()) {
        findings.push_back(what + "lacks attachments");
        continue;
      }
      for (std::size_t i = 0; i < taken.contents.size(); ++i) {
        if (Sha256::of(taken.contents[i].bytes) != fields.attachments[i].sha256)
          findings.push_back(what + "has other bytes in " + fields.attachments[i].name);
      }
    }
  }
}

}  // namespace tram::sim
