// Order: one sender's messages of one class keep it on every link and in every inbox, and nothing overtakes
// what it names.
#include <algorithm>
#include <map>
#include <set>

#include "exchange/inbox_desk.h"
#include "tests/simulation/oracle.h"

namespace tram::sim {
namespace {

// One message in a queue: when it came in, and when it came out.
struct Passage {
  const Copy* copy = nullptr;
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  bool delayed = false;  // what was behind it may have passed
};

// Passages through one queue, checked.
class Queue {
 public:
  Queue(std::string name, const NodeFacts& node, Findings& findings)
      : name_(std::move(name)), node_(node), findings_(findings) {}

  void add(const Passage& passage) { passages_[passage.copy->message->key] = passage; }

  void keeps_references() {
    for (const auto& [key, passage] : passages_) {
      for (const MessageKey& named : passage.copy->message->references) {
        const auto earlier = passages_.find(named);
        if (earlier == passages_.end() || earlier->second.in > passage.in) continue;
        if (earlier->second.out > passage.out)
          findings_.push_back(name_ + ": " + text(key) + " overtook " + text(named) + ", which it names");
      }
    }
  }

  // A sender's messages of one class leave as they came.
  void keeps_turns() {
    std::vector<const Passage*> order;
    for (const auto& [key, passage] : passages_) order.push_back(&passage);
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->in < b->in; });
    const std::set<MessageKey> raised = raised_ones();
    std::map<std::pair<AgencyCode, Priority>, const Passage*> last;
    for (const Passage* passage : order) {
      const exchange::StoredMessage& message = *passage->copy->message;
      if (passage->delayed || raised.contains(message.key) || !message.references.empty()) continue;
      const Passage*& before = last[{message.key.sender, message.priority}];
      if (before != nullptr && before->out > passage->out) {
        findings_.push_back(name_ + ": " + text(message.key) + " overtook " +
                            text(before->copy->message->key) + " of the same sender and class");
      } else {
        before = passage;
      }
    }
  }

 private:
  // What a more urgent message names goes with that one's class, and so does what it names itself.
  [[nodiscard]] std::set<MessageKey> raised_ones() const {
    std::set<MessageKey> out;
    for (const auto& [key, copy] : node_.copies) raise(copy, copy.message->priority, out);
    return out;
  }

  void raise(const Copy& copy, Priority priority, std::set<MessageKey>& out) const {
    for (const MessageKey& key : copy.message->references) {
      const Copy* named = node_.find(key);
      if (named == nullptr || named->message->log_index >= copy.message->log_index) continue;
      if (named->message->priority < priority) out.insert(key);
      raise(*named, priority, out);
    }
  }

  const std::string name_;
  const NodeFacts& node_;
  Findings& findings_;
  std::map<MessageKey, Passage> passages_;
};

void check_link(const NodeFacts& from, const NodeFacts& to, const std::string& arrives_by,
                const Witness* witness, Findings& findings) {
  Queue queue("from " + from.code().text() + " to " + to.code().text(), from, findings);
  for (const auto& [key, copy] : to.copies) {
    const Copy* sent = from.find(key);
    if (copy.message->from_link != arrives_by || sent == nullptr) continue;
    const bool delayed = witness != nullptr && witness->was_delayed(to.code(), key);
    queue.add({sent, sent->message->log_index, copy.message->log_index, delayed});
  }
  queue.keeps_references();
  if (witness != nullptr) queue.keeps_turns();
}

void check_inbox(const NodeFacts& home, const SimAgency& agency, const std::string& inbox,
                 std::size_t systems, Findings& findings) {
  Queue queue("inbox " + inbox + " of " + agency.code().text(), home, findings);
  std::set<DeliveryId> seen;
  for (std::size_t i = 0; i < agency.hand_overs().size(); ++i) {
    const SimAgency::HandOver& hand_over = agency.hand_overs()[i];
    if (hand_over.inbox != inbox || !seen.insert(hand_over.id).second) continue;
    const auto key = exchange::parse_delivery_id(hand_over.id);
    const Copy* copy = key ? home.find(key->first) : nullptr;
    if (copy != nullptr) queue.add({copy, copy->message->log_index, i, false});
  }
  queue.keeps_references();
  if (systems == 1) queue.keeps_turns();
}

}  // namespace

void check_order(const Facts& facts, const Circumstances& circumstances, Findings& findings) {
  for (const auto& node : facts.nodes()) {
    for (const exchange::LinkSettings& link : node->node->settings().links)
      check_link(facts.node(link.node), *node, link.name, circumstances.witness, findings);
  }
  for (const SimAgency* agency : facts.agencies()) {
    std::map<std::string, std::set<std::string>> inboxes;
    for (const SimAgency::HandOver& hand_over : agency->hand_overs())
      inboxes[hand_over.inbox].insert(hand_over.system);
    for (const auto& [inbox, systems] : inboxes)
      check_inbox(facts.node(agency->home().code()), *agency, inbox, systems.size(), findings);
  }
}

}  // namespace tram::sim
