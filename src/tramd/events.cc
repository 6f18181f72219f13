#include "tramd/events.h"

namespace tram::daemon {
namespace {

constexpr std::string_view kCall = "call";
constexpr std::string_view kHandshake = "TLS handshake";

}  // namespace

void Events::recorded(const EvidenceRecord& record) {
  metrics_.recorded(record);
  if (!log_.enabled(LogLevel::info)) return;
  const std::string_view sender =
      record.message ? std::string_view(record.message->sender.text()) : std::string_view();
  const std::string_view message =
      record.message ? std::string_view(record.message->id.text()) : std::string_view();
  const std::string_view recipient =
      record.recipients.size() == 1 ? std::string_view(record.recipients.front().text()) : std::string_view();
  log_.write(LogLevel::info, name(record.event),
             {{LogField::message, message},
              {LogField::sender, sender},
              {LogField::recipient, recipient},
              {LogField::recipients, record.recipients.size()},
              {LogField::node, record.node.text()},
              {LogField::peer, record.peer},
              {LogField::reason, record.reason},
              {LogField::detail, record.detail}});
}

void Events::refused(std::string_view where, const MessageKey& key, const Error& error) {
  metrics_.refused(where, key, error);
  const auto left_out = refusal_lines_.next(where, error);
  if (!left_out) return;
  tell_left_out(where, error.reason, *left_out);
  log_.write(
      LogLevel::warning, "refused", error,
      {{LogField::message, key.id.text()}, {LogField::sender, key.sender.text()}, {LogField::peer, where}});
}

void Events::tell_left_out(std::string_view where, std::string_view reason, std::uint64_t left_out) {
  if (left_out == 0) return;
  log_.write(LogLevel::warning, "refused likewise",
             {{LogField::peer, where}, {LogField::reason, reason}, {LogField::left_out, left_out}});
}

void Events::caller_refused(const transport::RefusedCaller& caller, const Error& error) {
  metrics_.refused(kCall, {}, error);
  const std::string certificate = caller.certificate.is_zero() ? std::string() : caller.certificate.hex();
  const auto left_out = caller_lines_.now_and_then(certificate, error.reason);
  if (!left_out) return;
  tell_left_out(kCall, error.reason, *left_out);
  log_.write(LogLevel::warning, "refused", error,
             {{LogField::peer, kCall},
              {LogField::certificate, certificate},
              {LogField::about, caller.subject},
              {LogField::address, caller.address}});
}

void Events::grpc_said(const transport::GrpcLine& line) {
  Error error =
      failure(ErrorCode::unauthenticated, "TLS_HANDSHAKE_FAILED", line.text,
              "see that the other end has a certificate of a root that this node trusts, and TLS 1.3");
  if (line.handshake_failed) metrics_.refused(kHandshake, {}, error);
  const auto left_out =
      caller_lines_.now_and_then(kHandshake, line.handshake_failed ? error.reason : line.source);
  if (!left_out) return;
  if (line.handshake_failed) {
    tell_left_out(kHandshake, error.reason, *left_out);
    return log_.write(LogLevel::warning, "refused", error, {{LogField::peer, kHandshake}});
  }
  log_.write(LogLevel::warning, "gRPC reports an error",
             {{LogField::detail, line.source + ": " + line.text}, {LogField::left_out, *left_out}});
}

void Events::timed(exchange::Stage stage, const MessageKey& key, Duration took) {
  metrics_.timed(stage, key, took);
  if (!log_.enabled(LogLevel::debug)) return;
  log_.write(LogLevel::debug, "timed",
             {{LogField::message, key.id.text()},
              {LogField::sender, key.sender.text()},
              {LogField::stage, exchange::name(stage)},
              {LogField::micros, took}});
}

void Events::link_changed(const std::string& link, bool connected, const std::string& error) {
  metrics_.link_changed(link, connected, error);
  log_.write(connected ? LogLevel::info : LogLevel::warning, connected ? "link connected" : "link lost",
             {{LogField::link, link}, {LogField::detail, error}});
}

void Events::note(std::string_view event, const std::string& detail) {
  metrics_.note(event, detail);
  log_.write(LogLevel::warning, event, {{LogField::detail, detail}});
}

void Events::reconciled(const std::vector<std::string>& owed, const exchange::LostMessages& lost) {
  if (!keeper_) return;
  if (const auto kept = keeper_(owed, lost); !kept) log_.write(LogLevel::error, "not kept", kept.error());
}

void Events::alarm(const Alarm& alarm, exchange::AlarmChange change) {
  metrics_.alarm(alarm, change);
  const bool over = change == exchange::AlarmChange::acknowledged || change == exchange::AlarmChange::cleared;
  log_.write(over ? LogLevel::info : LogLevel::warning, "alarm " + std::string(exchange::name(change)),
             {{LogField::alarm, name(alarm.kind)},
              {LogField::about, alarm.subject},
              {LogField::detail, alarm.detail},
              {LogField::remedy, remedy(alarm.kind)},
              {LogField::count, alarm.count},
              {LogField::by, alarm.acknowledged_by}});
  if (alarm_listener_) alarm_listener_(alarm, change);
}

}  // namespace tram::daemon
