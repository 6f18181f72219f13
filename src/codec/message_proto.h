// Messages: model values and protobuf. Everything read is bounded and checked; errors are INVALID_ARGUMENT
// and name the field.
#pragma once

#include <google/protobuf/repeated_field.h>
#include <tram/v1/message.pb.h>

#include <vector>

#include "base/error.h"
#include "model/message.h"
#include "model/message_rules.h"
#include "model/verdict.h"

namespace tram::codec {

/// What a sender submits. Reads agency codes in both forms and brings attachment names to NFC, then checks as
/// read_header() does, and that the header made of it will not be too long. `causes` holds every one found;
/// `reason` is the cause's if it is one alone, else FIELDS_MALFORMED.
[[nodiscard]] Result<Submission> from_proto(const v1::Fields& fields, const MessageLimits& limits = {});
[[nodiscard]] v1::Fields to_proto(const Submission& submission);

/// Either form of code. Errors: AGENCY_CODE_MALFORMED in "sender", MESSAGE_ID_MALFORMED in "id".
[[nodiscard]] Result<MessageKey> from_proto(const v1::MessageKey& key);
[[nodiscard]] v1::MessageKey to_proto(const MessageKey& key);

[[nodiscard]] Result<Attachment> from_proto(const v1::AttachmentInfo& info);
[[nodiscard]] v1::AttachmentInfo to_proto(const Attachment& attachment);

/// In words, for people; not read back.
[[nodiscard]] v1::VerdictInfo to_proto(const Verdict& verdict);

/// A list of agency codes in either form, none empty. `field` names it in errors.
[[nodiscard]] Result<std::vector<AgencyCode>> codes_from_proto(
    const google::protobuf::RepeatedPtrField<std::string>& codes, std::string_view field, std::size_t limit);

/// 32 bytes.
[[nodiscard]] Result<Digest> digest_from_proto(BytesView bytes, std::string_view field);

}  // namespace tram::codec
