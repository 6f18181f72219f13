#include "transport/relay_proto.h"

#include "codec/message_proto.h"
#include "codec/receipt_proto.h"
#include "codec/status_proto.h"
#include "codec/text.h"
#include "transport/delivery_proto.h"
#include "transport/limits.h"

namespace tram::transport {
namespace {

Result<exchange::ProvenAcceptance> from_proto(const v1::ProvenAcceptance& acceptance) {
  auto record = codec::from_proto(acceptance.record());
  if (!record) return record.error();
  return exchange::ProvenAcceptance{acceptance.checkpoint().origin(), acceptance.checkpoint().note(),
                                    std::move(*record)};
}

Result<exchange::HopMessage> from_proto(v1::HopMessage& message, const MessageLimits& limits) {
  auto certificate = codec::digest_from_proto(message.certificate_sha256(), "certificate_sha256");
  if (!certificate) return certificate.error();
  auto recipients = codec::codes_from_proto(message.recipients(), "recipients", limits.recipients);
  if (!recipients) return recipients.error();
  auto trace = codec::codes_from_proto(message.trace(), "trace", kMaxTrace);
  if (!trace) return trace.error();
  auto contents = contents_from_proto(*message.mutable_contents(), limits.attachments);
  if (!contents) return contents.error();
  exchange::HopMessage out;
  if (message.has_acceptance()) {
    auto acceptance = from_proto(message.acceptance());
    if (!acceptance) return acceptance.error();
    out.acceptance = std::move(*acceptance);
  }
  out.header = std::move(*message.mutable_header());
  out.signature = std::move(*message.mutable_signature());
  out.certificate = *certificate;
  out.recipients = std::move(*recipients);
  out.contents = std::move(*contents);
  out.trace = std::move(*trace);
  out.retry = message.retry();
  if (message.has_forwarding()) {
    auto& given = *message.mutable_forwarding();
    auto sealed_by = codec::digest_from_proto(given.certificate_sha256(), "forwarding.certificate_sha256");
    if (!sealed_by) return sealed_by.error();
    out.forwarding =
        Forwarding{std::move(*given.mutable_record()), std::move(*given.mutable_signature()), *sealed_by};
  }
  return out;
}

v1::HopMessage to_proto(exchange::HopMessage message) {
  v1::HopMessage out;
  out.set_header(std::move(message.header));
  out.set_signature(std::move(message.signature));
  out.set_certificate_sha256(Bytes(message.certificate.bytes()));
  for (const AgencyCode& code : message.recipients) out.add_recipients(code.text());
  contents_to_proto(std::move(message.contents), *out.mutable_contents());
  for (const AgencyCode& code : message.trace) out.add_trace(code.text());
  out.set_retry(message.retry);
  if (message.forwarding) {
    auto& forwarding = *out.mutable_forwarding();
    forwarding.set_record(std::move(message.forwarding->record));
    forwarding.set_signature(std::move(message.forwarding->signature));
    forwarding.set_certificate_sha256(Bytes(message.forwarding->certificate.bytes()));
  }
  if (message.acceptance) {
    auto& acceptance = *out.mutable_acceptance();
    acceptance.mutable_checkpoint()->set_origin(message.acceptance->origin);
    acceptance.mutable_checkpoint()->set_note(message.acceptance->checkpoint);
    *acceptance.mutable_record() = codec::to_proto(message.acceptance->record);
  }
  return out;
}

v1::ItemOutcome::Result to_proto(exchange::HopResult result) {
  switch (result) {
    case exchange::HopResult::accepted:
      return v1::ItemOutcome::RESULT_ACCEPTED;
    case exchange::HopResult::refused:
      return v1::ItemOutcome::RESULT_REFUSED;
    case exchange::HopResult::retry:
      return v1::ItemOutcome::RESULT_RETRY;
    case exchange::HopResult::need_certificate:
      return v1::ItemOutcome::RESULT_NEED_CERTIFICATE;
    case exchange::HopResult::need_content:
      return v1::ItemOutcome::RESULT_NEED_CONTENT;
    case exchange::HopResult::not_yet:
      return v1::ItemOutcome::RESULT_NOT_YET;
  }
  return v1::ItemOutcome::RESULT_RETRY;
}

exchange::HopResult from_proto(v1::ItemOutcome::Result result) {
  switch (result) {
    case v1::ItemOutcome::RESULT_ACCEPTED:
      return exchange::HopResult::accepted;
    case v1::ItemOutcome::RESULT_REFUSED:
      return exchange::HopResult::refused;
    case v1::ItemOutcome::RESULT_NEED_CERTIFICATE:
      return exchange::HopResult::need_certificate;
    case v1::ItemOutcome::RESULT_NEED_CONTENT:
      return exchange::HopResult::need_content;
    case v1::ItemOutcome::RESULT_NOT_YET:
      return exchange::HopResult::not_yet;
    default:
      return exchange::HopResult::retry;
  }
}

}  // namespace

Result<exchange::HopItem> from_proto(v1::HopItem& item, const MessageLimits& limits) {
  if (item.has_message()) {
    auto message = from_proto(*item.mutable_message(), limits);
    if (!message) return message.error();
    return exchange::HopItem(std::move(*message));
  }
  if (item.has_receipts()) {
    auto bundle = codec::from_proto(item.receipts());
    if (!bundle) return bundle.error();
    return exchange::HopItem(std::move(*bundle));
  }
  return invalid("item", "FIELD_EMPTY", "neither a message nor receipts");
}

v1::HopItem to_proto(exchange::HopItem item) {
  v1::HopItem out;
  if (auto* message = std::get_if<exchange::HopMessage>(&item)) {
    *out.mutable_message() = to_proto(std::move(*message));
  } else {
    *out.mutable_receipts() = codec::to_proto(std::get<ReceiptBundle>(item));
  }
  return out;
}

exchange::HopOutcome from_proto(const v1::ItemOutcome& outcome) {
  exchange::HopOutcome out;
  out.result = from_proto(outcome.result());
  if (outcome.has_error()) {
    out.error = codec::from_proto(outcome.error());
  } else if (out.result == exchange::HopResult::retry || out.result == exchange::HopResult::refused) {
    out.error = failure(ErrorCode::unavailable, "UNEXPLAINED", "the peer gave no reason");
  }
  return out;
}

v1::ItemOutcome to_proto(const exchange::HopOutcome& outcome) {
  v1::ItemOutcome out;
  out.set_result(to_proto(outcome.result));
  const bool explains = outcome.result == exchange::HopResult::refused ||
                        outcome.result == exchange::HopResult::retry ||
                        outcome.result == exchange::HopResult::not_yet || !outcome.error.message.empty();
  if (explains) *out.mutable_error() = codec::to_proto(outcome.error);
  return out;
}

namespace {

constexpr std::size_t kMaxOrigin = 255;  // bytes

// Nothing, if it is empty.
Result<void> read_time(const std::string& text, const char* field, std::optional<Timestamp>& out) {
  if (text.empty()) return {};
  const auto time = from_rfc3339(text);
  if (!time) return invalid(field, "TIME_MALFORMED", "not a time in RFC 3339");
  out = *time;
  return {};
}

// "1", "1 to 2".
std::string range(std::uint32_t oldest, std::uint32_t newest) {
  return std::to_string(oldest) + (oldest == newest ? "" : " to " + std::to_string(newest));
}

}  // namespace

Result<exchange::PeerHello> from_proto(const v1::Hello& hello) {
  const bool malformed = hello.min_version() > hello.max_version();
  if (malformed || hello.min_version() > kNewestProtocolVersion ||
      hello.max_version() < kOldestProtocolVersion) {
    return failure(ErrorCode::failed_precondition, "VERSION_UNSUPPORTED",
                   "the peer speaks relay versions " + range(hello.min_version(), hello.max_version()) +
                       ", this node " + range(kOldestProtocolVersion, kNewestProtocolVersion),
                   "upgrade the older of the two nodes");
  }
  auto node = AgencyCode::parse(hello.node());
  if (!node) {
    Error error = node.error();
    error.field = "hello.node";
    return error;
  }
  exchange::PeerHello out{std::move(*node), hello.inline_limit(), hello.max_batch_bytes(), {}, {}, {}, 0, {}};
  if (auto read = read_time(hello.lacks_since(), "hello.lacks_since", out.lacks_since); !read)
    return read.error();
  if (auto read = read_time(hello.handed_back(), "hello.handed_back", out.handed_back); !read)
    return read.error();
  out.former_origin = codec::clean_text(hello.former_origin(), kMaxOrigin);
  out.known_log_size = hello.known_log_size();
  if (auto read = read_time(hello.time(), "hello.time", out.time); !read) return read.error();
  return out;
}

v1::Hello to_proto(const exchange::PeerHello& hello) {
  v1::Hello out;
  out.set_node(hello.node.text());
  out.set_min_version(kOldestProtocolVersion);
  out.set_max_version(kNewestProtocolVersion);
  out.set_max_batch_bytes(hello.max_batch_bytes);
  out.set_inline_limit(hello.inline_limit);
  if (hello.lacks_since) out.set_lacks_since(to_rfc3339(*hello.lacks_since));
  out.set_former_origin(hello.former_origin);
  if (hello.handed_back) out.set_handed_back(to_rfc3339(*hello.handed_back));
  out.set_known_log_size(hello.known_log_size);
  if (hello.time) out.set_time(to_rfc3339(*hello.time));
  return out;
}

Result<exchange::HeldPage> from_proto(const v1::ListHeldResponse& page) {
  if (page.messages_size() > static_cast<int>(exchange::kMostHeldAtOnce))
    return invalid("messages", "TOO_MANY", "a page holds more messages than it may");
  exchange::HeldPage out;
  out.next = page.next();
  for (const v1::HeldMessage& message : page.messages()) {
    auto key = codec::from_proto(message.key());
    if (!key) return key.error();
    auto recipients =
        codec::codes_from_proto(message.recipients(), "recipients", exchange::kMostRecipientsNamed);
    if (!recipients) return recipients.error();
    out.messages.push_back({std::move(*key), std::move(*recipients)});
  }
  return out;
}

v1::ListHeldResponse to_proto(const exchange::HeldPage& page) {
  v1::ListHeldResponse out;
  out.set_next(page.next);
  for (const exchange::HeldMessage& message : page.messages) {
    auto& held = *out.add_messages();
    *held.mutable_key() = codec::to_proto(message.key);
    for (const AgencyCode& code : message.recipients) held.add_recipients(code.text());
  }
  return out;
}

}  // namespace tram::transport
