// Port: what pruning needs of the message store. The rules of what may be pruned are the exchange's, see
// retention.h; the store only knows what belongs together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/sha256.h"
#include "exchange/content_store.h"

namespace tram::exchange {

enum class MessageRow : std::int64_t;

/// A message that may be past its time.
struct OldMessage {
  MessageRow row{};
  Timestamp stored_at;
  std::uint64_t log_index = 0;  ///< entries below it were logged before the message was stored
};

/// What committed messages refer to in one container.
struct ContainerUse {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;  ///< of their contents in it
};

struct KeptCertificate {
  Digest sha256;
  bool used = false;  ///< a message kept here, or its forwarding, was signed with it
};

/// The part of a Transaction that removes. Each call touches one message, or at most as much as it is told.
class Pruning {
 public:
  virtual ~Pruning() = default;

  /// True while a copy for a link or an entry of an inbox is kept of the message, in any state.
  [[nodiscard]] virtual bool is_queued(MessageRow message) = 0;
  /// The message refers to no content any more, and says since when. Its header, signature and evidence stay.
  virtual void drop_contents(MessageRow message, Timestamp now) = 0;
  /// The message has contents again.
  virtual void restore_contents(MessageRow message, const std::vector<ContentLocation>& contents) = 0;
  /// If the message refers to `from`, it refers to `to` from now on; else false, and nothing changes.
  virtual bool move_content(MessageRow message, const ContentLocation& from, const ContentLocation& to) = 0;
  /// Removes the message, its recipients, forwardings, receipts, and the checkpoints that only those were
  /// proven by. Its log entries belong to no message any more. Its key is new again: never before its replay
  /// is refused. REQUIRES: it is not queued.
  virtual void remove_message(MessageRow message) = 0;
  /// Removes records of log entries below `below` that belong to no message, the oldest first, at most
  /// `limit`; answers how many. Their hashes stay, so every proof and root is as before. Kept in any case:
  /// entries whose receipt is due, and the newest tile's, from which a start rebuilds the tree.
  virtual std::size_t drop_records(std::uint64_t below, std::size_t limit) = 0;
  /// Removes checkpoints of a log that no receipt is proven by, at most `limit`, but for the newest one and
  /// the newest of every kCheckpointsApart entries; answers how many.
  virtual std::size_t thin_checkpoints(const std::string& origin, std::size_t limit) = 0;
  /// False, and nothing changes, if a message kept here, or its forwarding, was signed with it.
  virtual bool remove_certificate(const Digest& sha256) = 0;
  /// Gives space that removing left over back to the file system, at most `pages` pages (rounded up to 16);
  /// answers how many it gave: 0 if what is left over is no more than the store will soon use again.
  virtual std::size_t give_back(std::size_t pages) = 0;
  /// Once this unit is committed, what was written ahead is brought into place and its file emptied, unless
  /// somebody reads there: then another time.
  virtual void empty_write_ahead() = 0;
};

inline constexpr std::uint64_t kCheckpointsApart = 1 << 16;

/// The same for reading: committed states. Threads: any; blocks on the disk.
class RetentionView {
 public:
  virtual ~RetentionView() = default;

  /// Messages that refer to content and were stored before `before`, behind `after`, the oldest first, at
  /// most `limit`.
  [[nodiscard]] virtual std::vector<OldMessage> with_contents(Timestamp before,
                                                              const std::optional<OldMessage>& after,
                                                              std::size_t limit) const = 0;
  /// Messages behind `after` in the order of their rows, at most `limit`.
  [[nodiscard]] virtual std::vector<OldMessage> oldest(MessageRow after, std::size_t limit) const = 0;
  /// When the newest message was stored; nothing if there is none.
  [[nodiscard]] virtual std::optional<Timestamp> newest() const = 0;

  [[nodiscard]] virtual ContainerUse use_of(const std::string& container) const = 0;
  /// Messages that refer to a container, behind `after`, in the order of their rows, at most `limit`.
  [[nodiscard]] virtual std::vector<MessageRow> users_of(const std::string& container, MessageRow after,
                                                         std::size_t limit) const = 0;
  /// Certificates behind `after`, in the store's own order, at most `limit`.
  [[nodiscard]] virtual std::vector<KeptCertificate> certificates(const std::optional<Digest>& after,
                                                                  std::size_t limit) const = 0;
};

}  // namespace tram::exchange
