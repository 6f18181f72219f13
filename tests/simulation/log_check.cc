// Logs only grow: whatever checkpoint anybody ever saw is a prefix of the log as it stands.
#include "log/checkpoint.h"
#include "log/tree.h"
#include "store/memory/memory_disk.h"
#include "tests/simulation/oracle.h"

namespace tram::sim {
namespace {

// One signature of so many is checked: they cost more than all the rest.
constexpr std::size_t kVerifyOneIn = 16;

// The log of one node, hashed again from its entries.
class Rehashed {
 public:
  explicit Rehashed(const NodeFacts& node) {
    for (const exchange::LogEntry& entry : node.tables().log)
      tiles_.put(tree_.append(log::leaf_hash(entry.record)));
  }
  [[nodiscard]] std::uint64_t size() const { return tree_.size(); }
  [[nodiscard]] Digest root(std::uint64_t size) const { return tree_.root_at(size).value(); }

 private:
  store::MemoryTiles tiles_;
  log::Tree tree_{tiles_};
};

class LogCheck {
 public:
  LogCheck(const NodeFacts& node, Findings& findings) : node_(node), findings_(findings), log_(node) {}

  void run(const Facts& facts, const Witness* witness) {
    const auto root = node_.node->messages().log_root(log_.size());
    if (!root || *root != log_.root(log_.size())) add("the tree is not that of the entries");
    const std::string& origin = node_.node->settings().log_origin;
    for (const auto& each : facts.nodes()) {
      for (const auto& [kept, note] : each->tables().checkpoints) {
        if (kept.first == origin) prefix(note, "kept by " + each->code().text());
      }
    }
    if (witness == nullptr) return;
    for (const auto& [seen, notes] : witness->checkpoints()) {
      if (seen.first != origin) continue;
      for (const Bytes& note : notes) prefix(note, "seen");
    }
  }

 private:
  void add(const std::string& what) { findings_.push_back("log of " + node_.code().text() + ": " + what); }

  void prefix(const Bytes& note, const std::string& where) {
    const auto parsed = log::parse_note(note);
    const auto checkpoint =
        parsed ? log::parse_checkpoint(parsed->text) : Result<log::Checkpoint>(parsed.error());
    if (!checkpoint) return add("a checkpoint " + where + ": " + checkpoint.error().text());
    if (++seen_ % kVerifyOneIn == 0) {
      if (const auto opened = log::open_checkpoint(note, node_.node->log_key().verifier()); !opened)
        add("a checkpoint " + where + ": " + opened.error().text());
    }
    const std::string which = "the checkpoint of size " + std::to_string(checkpoint->size) + " " + where;
    if (checkpoint->size > log_.size()) return add(which + " is longer than the log");
    if (checkpoint->root != log_.root(checkpoint->size)) add(which + " is no prefix of the log");
  }

  const NodeFacts& node_;
  Findings& findings_;
  const Rehashed log_;
  std::size_t seen_ = 0;
};

}  // namespace

void check_logs(const Facts& facts, const Circumstances& circumstances, Findings& findings) {
  for (const auto& node : facts.nodes()) LogCheck(*node, findings).run(facts, circumstances.witness);
}

}  // namespace tram::sim
