// Alarms: what a person must see, and what to do about it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace tram {

/// A closed list: it is a metric's label, and each kind has its remedy. Numbers are stored: none is used
/// twice.
enum class AlarmKind : std::uint8_t {
  link_down = 1,             ///< subject: the link
  dead_letter = 2,           ///< subject: the sender agency
  delivery_overdue = 3,      ///< subject: the message; its hour or due date passed before it was handed over
  inbox_not_collected = 4,   ///< subject: agency/inbox
  certificate_expiring = 5,  ///< subject: what the certificate is for
  store_nearly_full = 6,     ///< subject: which store
  id_reused = 7,             ///< subject: the message whose id came again with other content
  receipt_refused = 8,       ///< subject: the link it came from
  clock_jumped = 9,          ///< subject: "forwards" or "backwards"
  store_failed = 10,         ///< subject: which store
  clock_differs = 11,        ///< subject: the link whose peer's clock differs
  restoring = 12,            ///< subject: a link whose peer has not handed back what a restored node lost
  restore_gap = 13,          ///< subject: the former log's origin
  content_unreadable = 14,   ///< subject: the message or delivery whose stored bytes are not what was signed
};
inline constexpr std::size_t kAlarmKinds = 14;  ///< numbered from 1

/// One line of the list, known by kind and subject.
struct Alarm {
  AlarmKind kind = AlarmKind::link_down;
  std::string subject;
  Timestamp since;          ///< when it began
  Timestamp last;           ///< when it was last seen
  std::uint64_t count = 1;  ///< how many things, or times, it stands for
  std::string detail;       ///< a sentence for a person; free of document content
  std::string acknowledged_by;
  std::optional<Timestamp> acknowledged_at;
  bool operator==(const Alarm&) const = default;
};

/// "link_down"; the spelling on the wire and in metrics.
[[nodiscard]] std::string_view name(AlarmKind kind);
[[nodiscard]] std::optional<AlarmKind> alarm_kind_from(std::string_view name);
/// One sentence: what to do.
[[nodiscard]] std::string_view remedy(AlarmKind kind);
/// True for a condition, which ends by itself; false for an event, which only a person puts aside.
[[nodiscard]] bool ends_by_itself(AlarmKind kind);

}  // namespace tram
