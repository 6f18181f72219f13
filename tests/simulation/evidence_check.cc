// Each step of each message has its record in the log of the node that took it, once; and the sender's node
// has the receipts.
#include <algorithm>

#include "codec/evidence_json.h"
#include "log/tlog_proof.h"
#include "tests/simulation/oracle.h"

namespace tram::sim {
namespace {

using Event = EvidenceEvent;

// One of so many messages is exported in full: it costs several signatures.
constexpr std::size_t kExportOneIn = 8;

class EvidenceCheck {
 public:
  EvidenceCheck(const Facts& facts, Findings& findings) : facts_(facts), findings_(findings) {}

  void run(const NodeFacts& origin, const Copy& copy) {
    const bool is_status = copy.message->kind == MessageKind::status;
    const std::uint64_t index = copy.message->log_index;
    const Event event = is_status ? Event::status_accepted : Event::submission_acceptance;
    const auto& tables = origin.tables();
    const bool is_there = index < origin.log.size() && origin.log[index].event == event &&
                          origin.log[index].message == copy.message->key &&
                          origin.log[index].header == copy.message->header_digest;
    if (!is_there) add(copy, {}, "has no acceptance record at " + std::to_string(index));
    for (const AgencyCode& recipient : copy.header.submission.recipients) {
      expect(origin, copy, event, recipient, 1);
      if (is_status) continue;
      const auto row = tables.recipients.find({copy.message->row, recipient});
      if (row == tables.recipients.end()) continue;  // a finding already
      if (row->second.state == RecipientState::handed_over) way(origin, copy, recipient);
      if (row->second.state == RecipientState::dead) death(origin, copy, recipient);
    }
    if (!is_status) sender_sees(origin, copy);
  }

 private:
  void add(const Copy& copy, const AgencyCode& recipient, const std::string& what) {
    const std::string to = recipient.empty() ? "" : " to " + recipient.text();
    findings_.push_back(text(copy.message->key) + to + ": " + what);
  }

  void expect(const NodeFacts& node, const Copy& copy, Event event, const AgencyCode& recipient,
              std::size_t times) {
    const std::size_t found = copy.count(event, recipient);
    if (found == times) return;
    add(copy, recipient,
        "node " + node.code().text() + " has " + std::to_string(found) + " records " +
            std::string(name(event)));
  }

  // Records of a message that was handed over, at every node, and the receipts of all but the first.
  void way(const NodeFacts& origin, const Copy& copy, const AgencyCode& recipient) {
    const auto nodes = facts_.way(origin.code(), facts_.home_of(recipient)->code());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const NodeFacts& node = *nodes[i];
      const Copy* here = node.find(copy.message->key);
      if (here == nullptr) return add(copy, recipient, "is not stored at " + node.code().text());
      const bool last = i + 1 == nodes.size();
      if (i > 0) expect(node, *here, Event::relay_acceptance, recipient, last ? 0 : 1);
      expect(node, *here, Event::content_consignment, recipient, last ? 1 : 0);
      expect(node, *here, Event::content_handover, recipient, last ? 1 : 0);
      if (i == 0) continue;
      expect_receipt(origin, copy, recipient, node, Event::relay_acceptance, last ? 0 : 1);
      expect_receipt(origin, copy, recipient, node, Event::content_consignment, last ? 1 : 0);
      expect_receipt(origin, copy, recipient, node, Event::content_handover, last ? 1 : 0);
    }
    if (nodes.back() != &origin || nodes.size() == 1) handed_to_who_claimed(*nodes.back(), copy, recipient);
  }

  // The record names the system that had the document last: an acknowledgement without a claim is none.
  void handed_to_who_claimed(const NodeFacts& home, const Copy& copy, const AgencyCode& recipient) {
    const Copy* here = home.find(copy.message->key);
    const DeliveryId id(text(copy.message->key) + "/" + recipient.text());
    const auto& hand_overs = facts_.agency(recipient)->hand_overs();
    const auto last = std::find_if(hand_overs.rbegin(), hand_overs.rend(),
                                   [&](const auto& hand_over) { return hand_over.id == id; });
    if (last == hand_overs.rend()) return add(copy, recipient, "was handed over to nobody");
    for (const EvidenceRecord* record : here->records) {
      if (record->event == Event::content_handover && names(*record, recipient) &&
          record->peer != last->system)
        add(copy, recipient, record->peer + " acknowledged what " + last->system + " had");
    }
  }

  void expect_receipt(const NodeFacts& origin, const Copy& copy, const AgencyCode& recipient,
                      const NodeFacts& node, Event event, std::size_t times) {
    std::size_t found = 0;
    for (const exchange::StoredReceipt& receipt : receipts(origin, copy)) {
      if (receipt.event != event || receipt.node != node.code()) continue;
      const auto record = codec::read_record(receipt.proof.record);
      if (!record || !names(*record, recipient)) continue;
      ++found;
      const std::uint64_t index = receipt.proof.index;
      if (index >= node.log.size() || node.tables().log[index].record != receipt.proof.record)
        add(copy, recipient,
            "a receipt is not the entry " + std::to_string(index) + " of " + node.code().text());
    }
    if (found != times) {
      add(copy, recipient,
          std::to_string(found) + " receipts " + std::string(name(event)) + " of " + node.code().text());
    }
  }

  [[nodiscard]] static std::vector<exchange::StoredReceipt> receipts(const NodeFacts& origin,
                                                                     const Copy& copy) {
    return origin.node->messages().receipts_of(copy.message->row);
  }

  // What is dead has the record of its refusal here, or the receipt of it.
  void death(const NodeFacts& origin, const Copy& copy, const AgencyCode& recipient) {
    bool told = copy.count(Event::relay_rejection, recipient) > 0;
    for (const exchange::StoredReceipt& receipt : receipts(origin, copy)) {
      const auto record = codec::read_record(receipt.proof.record);
      told = told || (record && record->event == Event::relay_rejection && names(*record, recipient));
    }
    if (!told) add(copy, recipient, "is dead without evidence");
  }

  void sender_sees(const NodeFacts& origin, const Copy& copy) {
    SimAgency* sender = facts_.agency(copy.message->key.sender);
    const auto view = origin.node->node().track(sender->who(), copy.message->key);
    if (!view) return add(copy, {}, "its sender cannot track it: " + view.error().text());
    if (!view->verdict.good()) add(copy, {}, "its sender sees a bad verdict");
    if (view->recipients.size() != copy.header.submission.recipients.size())
      add(copy, {}, "its sender does not see every recipient");
    if (++tracked_ % kExportOneIn == 0) export_holds(origin, copy, *sender);
  }

  void export_holds(const NodeFacts& origin, const Copy& copy, SimAgency& sender) {
    const auto parts = origin.node->node().evidence(sender.who(), copy.message->key);
    if (!parts) return add(copy, {}, "no evidence: " + parts.error().text());
    for (const ReceiptBundle& bundle : parts->receipts) {
      for (const ProvenRecord& proof : bundle.records) {
        const auto record = codec::read_record(proof.record);
        if (!record) return add(copy, {}, "evidence: " + record.error().text());
        const auto& key = facts_.node(record->node).node->log_key().verifier();
        const auto held =
            log::verify_inclusion(proof.record, proof.index, proof.path, bundle.checkpoint, key);
        if (!held) add(copy, {}, "evidence of " + record->node.text() + ": " + held.error().text());
      }
    }
  }

  const Facts& facts_;
  Findings& findings_;
  std::size_t tracked_ = 0;
};

// Every record speaks of what is stored, or of what was refused.
void check_records_have_messages(const NodeFacts& node, Findings& findings) {
  for (const EvidenceRecord& record : node.log) {
    const bool stored = record.message && node.find(*record.message) != nullptr;
    if (!stored && record.event != Event::relay_rejection && record.event != Event::submission_rejection)
      findings.push_back(node.code().text() + ": a record " + std::string(name(record.event)) +
                         " of what is not stored");
  }
}

// A receipt leaves in one bundle, however often that is sent.
void check_receipts_left_once(const Witness& witness, Findings& findings) {
  for (const auto& [entry, sizes] : witness.receipts()) {
    if (sizes.size() > 1)
      findings.push_back("the receipt of entry " + std::to_string(entry.second) + " of " + entry.first +
                         " left under " + std::to_string(sizes.size()) + " checkpoints");
  }
}

}  // namespace

void check_evidence(const Facts& facts, const Circumstances& circumstances, Findings& findings) {
  EvidenceCheck check(facts, findings);
  for (const auto& node : facts.nodes()) {
    for (const auto& [key, copy] : node->copies) {
      if (!copy.message->from_link.empty()) continue;
      if (!touches_restored(facts, circumstances, *node, copy)) check.run(*node, copy);
    }
    if (circumstances.restored.empty()) check_records_have_messages(*node, findings);
  }
  if (circumstances.witness != nullptr) check_receipts_left_once(*circumstances.witness, findings);
}

}  // namespace tram::sim
