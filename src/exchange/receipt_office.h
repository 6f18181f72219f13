// Receipts: signs checkpoints of our log, sends its records to the nodes that accepted the messages, passes
// on and checks what other nodes' logs say.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "exchange/context.h"
#include "log/checkpoint.h"

namespace tram::exchange {

/// Threads: any.
class ReceiptOffice {
 public:
  explicit ReceiptOffice(const Context& context) : context_(context) {}

  /// The log has grown: a checkpoint follows within the interval.
  void log_grew();
  void stop();

  /// Signs the log as it stands, unless that was done, and queues the receipts it covers. Answers the newest
  /// note.
  [[nodiscard]] Result<Bytes> checkpoint_now();

  /// Receipts from a peer: forwarded towards the accepting node, or checked and kept. `done` after the
  /// commit. Records that do not hold are left out and reported; if none holds the bundle is refused.
  void arrived(const Identity& peer, ReceiptBundle bundle, std::function<void(HopOutcome)> done);

 private:
  void issue();
  void not_queued(const Error& error);
  [[nodiscard]] Result<void> queue_receipts(const log::Checkpoint& checkpoint, const Bytes& note);

  const Context& context_;
  std::mutex mutex_;  // guards what follows
  std::unique_ptr<TimerHandle> timer_;
  bool stopped_ = false;
  std::mutex issuing_;  // one checkpoint at a time; guards what follows
  log::Checkpoint last_;
  Bytes last_note_;
  std::uint64_t queued_ = 0;  // receipts of entries below are queued, or about to be
};

}  // namespace tram::exchange
