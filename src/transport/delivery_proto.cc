#include "transport/delivery_proto.h"

#include "codec/message_proto.h"
#include "codec/status_proto.h"

namespace tram::transport {

Result<std::vector<exchange::HopContent>> contents_from_proto(
    google::protobuf::RepeatedPtrField<v1::AttachmentContent>& contents, std::size_t limit) {
  if (static_cast<std::size_t>(contents.size()) > limit)
    return invalid("contents", "TOO_MANY", "more than " + std::to_string(limit) + " attachments");
  std::vector<exchange::HopContent> out;
  out.reserve(static_cast<std::size_t>(contents.size()));
  for (auto& content : contents) {
    if (content.has_inline_()) {
      out.push_back({false, std::move(*content.mutable_inline_())});
    } else if (content.uploaded()) {
      out.push_back({true, {}});
    } else {
      return invalid("contents[" + std::to_string(out.size()) + "]", "FIELD_EMPTY",
                     "neither bytes nor a word that they were uploaded", "set inline or uploaded");
    }
  }
  return out;
}

void contents_to_proto(std::vector<exchange::HopContent> contents,
                       google::protobuf::RepeatedPtrField<v1::AttachmentContent>& out) {
  for (exchange::HopContent& content : contents) {
    if (content.uploaded) {
      out.Add()->set_uploaded(true);
    } else {
      out.Add()->set_inline_(std::move(content.bytes));
    }
  }
}

Result<exchange::SubmissionRequest> submission_from_proto(v1::SendRequest& request,
                                                          const MessageLimits& limits) {
  exchange::SubmissionRequest out;
  if (request.has_fields()) {
    auto submission = codec::from_proto(request.fields(), limits);
    if (!submission) return submission.error();
    out.submission = std::move(*submission);
  } else if (request.has_signed_()) {
    auto& given = *request.mutable_signed_();
    out.submission =
        exchange::SignedSubmission{std::move(*given.mutable_header()), std::move(*given.mutable_signature()),
                                   std::move(*given.mutable_certificate())};
  } else {
    return invalid("submission", "FIELD_EMPTY", "neither fields nor a signed header",
                   "submit fields to have them sealed, or a signed header");
  }
  auto contents = contents_from_proto(*request.mutable_contents(), limits.attachments);
  if (!contents) return contents.error();
  out.contents = std::move(*contents);
  return out;
}

v1::SendResponse to_proto(std::uint64_t request, const Result<exchange::Acceptance>& result) {
  v1::SendResponse out;
  out.set_request(request);
  if (!result) {
    *out.mutable_refused() = codec::to_proto(result.error());
    return out;
  }
  auto& accepted = *out.mutable_accepted();
  *accepted.mutable_key() = codec::to_proto(result->key);
  accepted.set_accepted_at(to_rfc3339(result->accepted_at));
  accepted.set_header_sha256(Bytes(result->header_digest.bytes()));
  accepted.set_log_index(result->log_index);
  accepted.set_repeated(result->repeated);
  return out;
}

v1::ReceiveResponse to_proto(exchange::Delivery delivery) {
  v1::ReceiveResponse out;
  auto& to = *out.mutable_delivery();
  to.set_delivery_id(delivery.id.text());
  to.set_redelivered(delivery.redelivered);
  to.set_recipient(delivery.recipient.text());
  to.mutable_signed_()->set_header(std::move(delivery.header));
  to.mutable_signed_()->set_signature(std::move(delivery.signature));
  to.mutable_signed_()->set_certificate(std::move(delivery.certificate));
  contents_to_proto(std::move(delivery.contents), *to.mutable_contents());
  *to.mutable_verdict() = codec::to_proto(delivery.verdict);
  to.set_arrived_at(to_rfc3339(delivery.arrived_at));
  if (delivery.forwarding) {
    to.mutable_forwarded()->set_record(std::move(delivery.forwarding->record));
    to.mutable_forwarded()->set_signature(std::move(delivery.forwarding->signature));
    to.mutable_forwarded()->set_certificate(std::move(delivery.forwarding_certificate));
  }
  return out;
}

}  // namespace tram::transport
