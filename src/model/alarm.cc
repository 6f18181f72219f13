#include "model/alarm.h"

#include <algorithm>
#include <array>

namespace tram {
namespace {

struct Kind {
  AlarmKind kind;
  std::string_view name;
  bool ends_by_itself;
  std::string_view remedy;
};

constexpr std::array<Kind, kAlarmKinds> kKinds{{
    {AlarmKind::link_down, "link_down", true,
     "see its last error in tramctl nodes; check the network and call the peer node's operator"},
    {AlarmKind::dead_letter, "dead_letter", true,
     "see tramctl deliveries --state dead; mend the cause, then retry or cancel each there"},
    {AlarmKind::delivery_overdue, "delivery_overdue", true,
     "see where it waits with tramctl deliveries; call the recipient"},
    {AlarmKind::inbox_not_collected, "inbox_not_collected", true,
     "call the agency: its document system does not fetch"},
    {AlarmKind::certificate_expiring, "certificate_expiring", true,
     "have it renewed, put the new one in its place, tell the peers, and restart the node"},
    {AlarmKind::store_nearly_full, "store_nearly_full", true,
     "free space on the node's data disk or enlarge it; until then new documents may be refused"},
    {AlarmKind::id_reused, "id_reused", false,
     "ask the sender's document system: each new content needs a new id"},
    {AlarmKind::receipt_refused, "receipt_refused", false,
     "see the reason in the node's log; check the [[known_log]] of the nodes behind that link"},
    {AlarmKind::clock_jumped, "clock_jumped", false,
     "check the machine's time synchronisation; what was signed meanwhile carries the wrong time"},
    {AlarmKind::store_failed, "store_failed", false,
     "look at the disk and at the system's log; the node was started again and recovered"},
    {AlarmKind::clock_differs, "clock_differs", true,
     "find out with the peer's operator whose clock is wrong and set it; documents signed ahead of their "
     "time "
     "wait until it has come"},
    {AlarmKind::restoring, "restoring", true,
     "see that the peer is reached and has the new log.vkey; to go on without it: tramctl go-on --without "
     "LINK"},
    {AlarmKind::restore_gap, "restore_gap", false,
     "have the local document systems send again, under the same ids, what they sent since the backup: what "
     "had gone out is not delivered twice; tramctl nodes lists what peers hold of it"},
    {AlarmKind::content_unreadable, "content_unreadable", false,
     "look at the disk; restore the node's data from a backup: the document stays where it waits until then"},
}};

const Kind& entry(AlarmKind kind) {
  return *std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& each) { return each.kind == kind; });
}

}  // namespace

std::string_view name(AlarmKind kind) { return entry(kind).name; }
std::string_view remedy(AlarmKind kind) { return entry(kind).remedy; }
bool ends_by_itself(AlarmKind kind) { return entry(kind).ends_by_itself; }

std::optional<AlarmKind> alarm_kind_from(std::string_view text) {
  const auto found =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& each) { return each.name == text; });
  if (found == kKinds.end()) return std::nullopt;
  return found->kind;
}

}  // namespace tram
