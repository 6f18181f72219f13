#include "transport/track_proto.h"

#include "codec/message_proto.h"
#include "transport/limits.h"

namespace tram::transport {
namespace {

v1::RecipientTrack to_proto(const exchange::RecipientTrack& track) {
  v1::RecipientTrack out;
  out.set_recipient(track.row.agency.text());
  out.set_state(std::string(name(track.row.state)));
  out.set_reason(track.row.reason);
  if (track.row.last_status) out.set_last_status(static_cast<std::uint32_t>(*track.row.last_status));
  out.set_verified_receipts(track.verified_receipts);
  return out;
}

v1::TrackEvent to_proto(const exchange::TrackEvent& event) {
  v1::TrackEvent out;
  out.set_time(to_rfc3339(event.time));
  out.set_node(event.node.text());
  out.set_event(event.event);
  for (const AgencyCode& code : event.recipients) out.add_recipients(code.text());
  out.set_by(event.by);
  out.set_detail(event.detail);
  out.set_proven(event.proven);
  return out;
}

v1::MessageKind to_proto(MessageKind kind) {
  return kind == MessageKind::status ? v1::MESSAGE_KIND_STATUS : v1::MESSAGE_KIND_DISPATCH;
}

void add_route(v1::ListAgenciesResponse& out, const std::string& prefix, const AgencyCode& node) {
  auto& route = *out.add_routes();
  route.set_prefix(prefix.empty() ? "*" : prefix);
  route.set_node(node.text());
}

}  // namespace

v1::TrackResponse to_proto(const exchange::TrackView& view) {
  const Submission& submission = view.header.submission;
  v1::TrackResponse out;
  *out.mutable_key() = codec::to_proto(submission.key);
  out.set_kind(to_proto(submission.kind));
  out.set_priority(static_cast<v1::Priority>(submission.priority));
  out.set_signed_at(to_rfc3339(view.header.signed_at));
  *out.mutable_verdict() = codec::to_proto(view.verdict);
  for (const auto& recipient : view.recipients) *out.add_recipients() = to_proto(recipient);
  for (const auto& event : view.events) *out.add_events() = to_proto(event);
  for (const auto& [stage, took] : view.times) {
    v1::StageTime& time = *out.add_stages();
    time.set_stage(std::string(name(stage)));
    time.set_micros(static_cast<std::uint64_t>(took.count()));
  }
  return out;
}

v1::ListAgenciesResponse agencies_to_proto(const exchange::Node& node) {
  const exchange::Settings& settings = node.settings();
  v1::ListAgenciesResponse out;
  out.set_node(settings.node.text());
  for (const AgencyCode& code : node.agencies()) out.add_agencies(code.text());
  for (const exchange::LinkSettings& link : settings.links) {
    for (const AgencyCode& prefix : link.prefixes) add_route(out, prefix.text(), link.node);
  }
  out.set_inline_limit(settings.inline_limit);
  out.set_attachment_limit(settings.limits.attachment_bytes);
  out.set_frame_messages(kMaxFrameMessages);
  return out;
}

}  // namespace tram::transport
