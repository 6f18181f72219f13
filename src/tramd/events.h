// What the exchange reports, to the log and to the metrics.
#pragma once

#include <functional>
#include <utility>

#include "console/metrics.h"
#include "exchange/observer.h"
#include "tramd/logging.h"
#include "tramd/refusal_lines.h"
#include "transport/grpc_log.h"
#include "transport/refused_caller.h"

namespace tram::daemon {

using AlarmListener = std::function<void(const Alarm& alarm, exchange::AlarmChange change)>;

using ReconciledKeeper =
    std::function<Result<void>(const std::vector<std::string>& owed, const exchange::LostMessages& lost)>;

/// Threads: any; never blocks. forward_alarms() before the first alarm.
class Events final : public exchange::Observer {
 public:
  /// All outlive it.
  Events(const Clock& clock, EventLog& log, console::Metrics& metrics)
      : log_(log), metrics_(metrics), refusal_lines_(clock), caller_lines_(clock) {}

  void recorded(const EvidenceRecord& record) override;
  void refused(std::string_view where, const MessageKey& key, const Error& error) override;
  void timed(exchange::Stage stage, const MessageKey& key, Duration took) override;
  void link_changed(const std::string& link, bool connected, const std::string& error) override;
  void note(std::string_view event, const std::string& detail) override;
  void reconciled(const std::vector<std::string>& owed, const exchange::LostMessages& lost) override;
  void alarm(const Alarm& alarm, exchange::AlarmChange change) override;

  /// A call was refused for what its caller is: a line a minute for each certificate and reason.
  void caller_refused(const transport::RefusedCaller& caller, const Error& error);
  /// A TLS handshake that failed counts as a refusal; that and whatever else gRPC says is a line a minute.
  void grpc_said(const transport::GrpcLine& line);

  /// Keeps what reconciled() says; may be empty. Before the node starts.
  void keep_reconciled_by(ReconciledKeeper keeper) { keeper_ = std::move(keeper); }
  /// Hears of alarms from now on; may be empty.
  void forward_alarms(AlarmListener listener) { alarm_listener_ = std::move(listener); }

 private:
  void tell_left_out(std::string_view where, std::string_view reason, std::uint64_t left_out);

  EventLog& log_;
  console::Metrics& metrics_;
  RefusalLines refusal_lines_;
  RefusalLines caller_lines_;  // apart: strangers crowd out nothing else
  AlarmListener alarm_listener_;
  ReconciledKeeper keeper_;
};

}  // namespace tram::daemon
