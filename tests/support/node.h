// One simulated node: an exchange over stores in memory, which can crash and start again over what was
// committed.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exchange/node.h"
#include "store/memory/memory_content_store.h"
#include "store/memory/memory_message_store.h"
#include "tests/support/network.h"
#include "tests/support/observer.h"
#include "tests/support/practice_signatures.h"
#include "tests/support/values.h"

namespace tram::sim {

/// Hears of a node's starts and ends.
class NodeListener {
 public:
  virtual ~NodeListener() = default;
  virtual void node_started() = 0;
  virtual void node_stopping() = 0;  ///< the last moment to let go of its streams
};

using InboxClaim = std::function<std::vector<exchange::InboxItem>()>;
/// Runs in the place of a claim, which it is given.
using AroundInboxClaim = std::function<std::vector<exchange::InboxItem>(const InboxClaim& claim)>;

/// Threads: one.
class SimNode {
 public:
  /// A link of `settings` without a certificate gets tls("node CODE").
  SimNode(World& world, Network& network, exchange::Settings settings);
  ~SimNode();
  SimNode(const SimNode&) = delete;
  SimNode& operator=(const SimNode&) = delete;

  void start();
  void crash();  ///< as kill -9: what was written is kept
  /// What is not synced is gone, and of a write under way as much as the seed says.
  void lose_power();
  /// From now on so many reads of contents fail.
  void fail_reads(int reads) {
    const std::lock_guard lock(content_disk_->mutex);
    content_disk_->failing_reads = reads;
  }
  /// For what happens while a claim on an inbox is under way.
  AroundInboxClaim around_inbox_claim;
  /// While it is down: a copy of what is on its disks, and putting one in their place.
  struct Disks {
    std::shared_ptr<store::MemoryDisk> messages;
    std::shared_ptr<store::MemoryContentDisk> contents;
  };
  [[nodiscard]] Disks copy_disk() const;
  void replace_disk(Disks disks);
  /// While it is down, on the copy of a backup: from the next start on its log has another origin and key,
  /// and its first new entry names the former one.
  void begin_epoch(const std::string& log_origin, const exchange::Restored& restored);
  /// From now on, also while it runs: commits fail as on a full disk, and nothing else does.
  void fill_disk(bool full) {
    const std::lock_guard lock(disk_->mutex);
    disk_->full = full;
  }
  [[nodiscard]] bool is_up() const { return running_ != nullptr; }

  /// Before the first start: a document system of an agency, whose seal the node keeps. Answers its TLS
  /// certificate.
  Digest register_agency(const std::string& agency, const std::string& system = "qlvb",
                         const std::string& inbox = "default");
  /// Before the first start: any entry, and a certificate in the store.
  void register_entry(const RegistryEntry& entry);
  /// Before a start: what the node sees of its disk. Must outlive it.
  void set_disk(exchange::DiskSpace* disk) { disk_space_ = disk; }
  void keep_certificate(const Bytes& der);

  [[nodiscard]] const AgencyCode& code() const { return settings_.node; }
  [[nodiscard]] exchange::Settings& settings() { return settings_; }  ///< for the next start
  [[nodiscard]] exchange::Node& node() { return *running_->node; }
  [[nodiscard]] store::MemoryMessageStore& messages() { return *running_->messages; }
  [[nodiscard]] store::MemoryContentStore& contents() { return *running_->contents; }
  [[nodiscard]] PracticeVerifier& verifier() { return running_->verifier; }
  [[nodiscard]] PracticeSeals& seals() { return seals_; }
  [[nodiscard]] HistoryObserver& observer() { return observer_; }
  [[nodiscard]] const log::NoteSigner& log_key() const { return log_key_; }
  [[nodiscard]] const LifePtr& life() const { return running_->life; }
  [[nodiscard]] World& world() { return world_; }
  [[nodiscard]] SimClock& clock() { return clock_; }
  /// All that is stored, also while the node is down.
  [[nodiscard]] const store::MemoryTables& tables() const { return disk_->tables; }
  [[nodiscard]] const store::MemoryDisk& disk() const { return *disk_; }
  void listen(NodeListener& listener) { listeners_.push_back(&listener); }
  void forget(NodeListener& listener) { std::erase(listeners_, &listener); }

  [[nodiscard]] exchange::Identity who(const std::string& certificate);

 private:
  void go_on_after_restore();
  class MessageStore;
  // What ends with a crash; the node last built, first destroyed.
  struct Running {
    Running(SimNode& owner, const LifePtr& new_life);
    LifePtr life;
    SimExecutor executor;
    SimTimers timers;
    std::unique_ptr<store::MemoryContentStore> contents;
    std::unique_ptr<store::MemoryMessageStore> messages;
    PracticeVerifier verifier;
    std::unique_ptr<exchange::Peers> peers;
    std::unique_ptr<exchange::Node> node;
  };

  World& world_;
  SimClock clock_;
  Network& network_;
  exchange::Settings settings_;
  log::NoteSigner log_key_;
  PracticeSeals seals_;
  PracticeReader reader_;
  HistoryObserver observer_;
  std::shared_ptr<store::MemoryDisk> disk_ = std::make_shared<store::MemoryDisk>();
  std::shared_ptr<store::MemoryContentDisk> content_disk_ = std::make_shared<store::MemoryContentDisk>();
  exchange::DiskSpace* disk_space_ = nullptr;
  bool new_epoch_ = false;  // not yet started on
  std::vector<NodeListener*> listeners_;
  int lives_ = 0;  // in the first, third … each unit runs twice: what is right only then shows in the others
  std::unique_ptr<Running> running_;
};

}  // namespace tram::sim
