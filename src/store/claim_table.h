// Claims on queue rows: volatile by design, so that they end with the process that made them.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "exchange/message_store.h"

namespace tram::store {

/// The owner of what units withhold.
inline const std::string kWithheld = "unit";

/// Who claims which queue row, and how often each row was claimed. Threads: any.
class ClaimTable {
 public:
  /// False if somebody claims the row already.
  [[nodiscard]] bool claim(exchange::QueueRow row, const std::string& owner);
  /// Claims the row for the unit that runs, which counts as no attempt. False if another owner claims it, or
  /// did before. Ends as the claims of kWithheld.
  [[nodiscard]] bool withhold(exchange::QueueRow row);
  [[nodiscard]] bool claimed(exchange::QueueRow row) const;
  [[nodiscard]] bool holds(const std::string& owner, exchange::QueueRow row) const;
  /// Claims so far, those that ended included.
  [[nodiscard]] std::uint32_t attempts(exchange::QueueRow row) const;
  /// Ends the claim on a row that stays: its attempts are kept.
  void end(exchange::QueueRow row);
  /// Forgets a row that is gone.
  void forget(exchange::QueueRow row);
  /// Ends all claims of an owner; answers the rows, in no order.
  [[nodiscard]] std::vector<exchange::QueueRow> release(const std::string& owner);

 private:
  void end_locked(exchange::QueueRow row);

  mutable std::mutex mutex_;
  std::unordered_map<exchange::QueueRow, std::string> owner_of_;
  std::unordered_map<std::string, std::unordered_set<exchange::QueueRow>> rows_of_;
  std::unordered_map<exchange::QueueRow, std::uint32_t> attempts_;
};

}  // namespace tram::store
