// Claims over the waiting rows of the queues, without reading again what is claimed.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/claim_table.h"
#include "store/class_share.h"
#include "store/sqlite/batch.h"
#include "store/sqlite/database.h"
#include "store/turns.h"

namespace tram::store {

/// Keeps, for each queue and class, the place up to which everything that waits is claimed. Whatever makes an
/// earlier row claimable again (a release, a raised priority) moves that back. Threads: any; a claim holds
/// the mutex while it reads, so that the committer's word of new rows cannot come in between.
class WaitingRows {
 public:
  explicit WaitingRows(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  /// Before the first claim: whose turn it is, from what waits. Throws StorageFailed.
  void restore();
  /// Throw StorageFailed.
  [[nodiscard]] std::vector<exchange::OutgoingItem> claim_outgoing(const std::string& link,
                                                                   const exchange::Classes& among,
                                                                   const std::string& owner,
                                                                   std::size_t limit);
  [[nodiscard]] std::vector<exchange::InboxItem> claim_inbox(const AgencyCode& agency,
                                                             const std::string& inbox,
                                                             const std::string& owner, std::size_t limit);
  /// Ends the claims of an owner; of kWithheld when the units of a batch are committed or have failed.
  void release(const std::string& owner);
  /// From inside a unit: see Transaction::withhold().
  [[nodiscard]] bool withhold(const NowWaiting& row);
  /// After a commit.
  void committed(const Batch& batch);
  [[nodiscard]] const ClaimTable& claims() const { return claims_; }
  [[nodiscard]] Turns& turns() { return turns_; }

 private:
  struct Position {
    std::int64_t turn = 0;
    std::int64_t row = 0;
    auto operator<=>(const Position&) const = default;
  };
  struct Queue {
    std::array<Position, kClasses> claimed_up_to;
    std::uint64_t served = 0;
  };
  struct Place {
    std::string queue;
    int priority = 0;
    std::int64_t turn = 0;
  };
  template <class Item, class Begin, class Read>
  std::vector<Item> claim(const std::string& queue, const exchange::Classes& among, const std::string& owner,
                          std::size_t limit, Begin begin, Read read);
  void move_back(const Place& place, exchange::QueueRow row);

  ClaimTable claims_;  // locks itself: it is asked from inside units
  Turns turns_;        // as well
  std::mutex mutex_;   // of what follows
  const std::unique_ptr<Database> database_;
  std::unordered_map<std::string, Queue> queues_;
  std::unordered_map<exchange::QueueRow, Place> places_;  // of claimed rows
};

}  // namespace tram::store
