// Port: what happens, for logs and metrics. Never document content or subjects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "exchange/lost_messages.h"
#include "model/alarm.h"
#include "model/evidence_record.h"
#include "model/message.h"

namespace tram::exchange {

/// Where a document's time goes: waiting for a worker or the committer (queue), the commit, waiting for a
/// link and going out on it (relay), until the peer took it over (peer), until proof of what became of it
/// came back (receipt), until its recipient here acknowledged it (hand_over).
enum class Stage : std::uint8_t { queue, parse, hash, verify, sign, commit, relay, peer, receipt, hand_over };
inline constexpr std::size_t kStages = 10;

[[nodiscard]] std::string_view name(Stage stage);

/// `restored`: it was open when the last run ended. `again`: an acknowledged event happened once more.
enum class AlarmChange : std::uint8_t { restored, raised, again, acknowledged, cleared };

[[nodiscard]] std::string_view name(AlarmChange change);

/// Threads: every method, any thread; must not block or throw.
class Observer {
 public:
  virtual ~Observer() = default;
  /// An evidence record became durable.
  virtual void recorded(const EvidenceRecord& record) = 0;
  /// A submission, relayed message, receipt or connection was refused. `where` names the path, e.g. "send",
  /// "relay from truc".
  virtual void refused(std::string_view where, const MessageKey& key, const Error& error) = 0;
  /// A stage of a message ended.
  virtual void timed(Stage stage, const MessageKey& key, Duration took) = 0;
  /// A link's stream opened (empty error text) or failed.
  virtual void link_changed(const std::string& link, bool connected, const std::string& error) = 0;
  /// Something an operator should read.
  virtual void note(std::string_view event, const std::string& detail) = 0;
  /// A restored node accepts submissions from now on; these links' peers have not handed back, and this is
  /// lost by the others' word. Said again when one does: whoever keeps it makes the next run's Restored of
  /// it. May block on the disk.
  virtual void reconciled(const std::vector<std::string>& /*owed*/, const LostMessages& /*lost*/) {}
  /// The list of alarms changed. Must not call back into it.
  virtual void alarm(const Alarm& alarm, AlarmChange change) = 0;
};

}  // namespace tram::exchange
