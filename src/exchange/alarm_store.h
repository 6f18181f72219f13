// Port: what the message store keeps for alarms: the open ones, and the hours by which documents are due.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/agency_code.h"
#include "model/alarm.h"

namespace tram::exchange {

enum class MessageRow : std::int64_t;

/// What a unit of work may do; valid as long as its transaction.
class AlarmRows {
 public:
  virtual ~AlarmRows() = default;
  virtual void put(const Alarm& alarm) = 0;  ///< inserts or replaces by kind and subject
  virtual void erase(AlarmKind kind, const std::string& subject) = 0;
  /// The message is due by then; one deadline a message.
  virtual void put_deadline(MessageRow message, Timestamp at) = 0;
  virtual void erase_deadline(MessageRow message) = 0;
};

struct Deadline {
  MessageRow message{};
  Timestamp at;
};

/// An inbox with something that waits too long.
struct FullInbox {
  AgencyCode agency;
  std::string inbox;
  Timestamp oldest;
  std::uint64_t overdue = 0;  ///< entries that wait too long
};

/// Committed state. Threads: any; may block on the disk.
class AlarmView {
 public:
  virtual ~AlarmView() = default;
  /// By kind and subject.
  [[nodiscard]] virtual std::vector<Alarm> open() const = 0;
  /// That have passed, the oldest first, behind `after` (from the first if empty), at most `limit`.
  [[nodiscard]] virtual std::vector<Deadline> deadlines_passed(Timestamp now,
                                                               const std::optional<Deadline>& after,
                                                               std::size_t limit) const = 0;
  /// Inboxes with entries that wait since before then, claimed or not; by agency and inbox.
  [[nodiscard]] virtual std::vector<FullInbox> not_collected(Timestamp queued_before) const = 0;
};

}  // namespace tram::exchange
