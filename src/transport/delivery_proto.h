// Submissions, answers and deliveries: protobuf and the exchange's values.
#pragma once

#include <tram/v1/exchange.pb.h>

#include "exchange/node.h"

namespace tram::transport {

/// Takes the bytes out of `request`. INVALID_ARGUMENT naming the field.
[[nodiscard]] Result<exchange::SubmissionRequest> submission_from_proto(v1::SendRequest& request,
                                                                        const MessageLimits& limits);
[[nodiscard]] v1::SendResponse to_proto(std::uint64_t request, const Result<exchange::Acceptance>& result);
[[nodiscard]] v1::ReceiveResponse to_proto(exchange::Delivery delivery);

/// Takes the bytes out of `contents`, at most `limit` of them. INVALID_ARGUMENT naming "contents[i]".
[[nodiscard]] Result<std::vector<exchange::HopContent>> contents_from_proto(
    google::protobuf::RepeatedPtrField<v1::AttachmentContent>& contents, std::size_t limit);
void contents_to_proto(std::vector<exchange::HopContent> contents,
                       google::protobuf::RepeatedPtrField<v1::AttachmentContent>& out);

}  // namespace tram::transport
