// Where received files go. Names come from elsewhere: nothing may lead out of the folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/message.h"

namespace tram::client {

/// "SENDER/ID". Errors: MESSAGE_ID_MALFORMED.
[[nodiscard]] Result<std::string> message_folder(const MessageKey& key);

/// What a received message's own files are called.
inline constexpr std::string_view kHeaderFile = "header.json";
inline constexpr std::string_view kSignatureFile = "signature001.p7s";
inline constexpr std::string_view kDeliveryFile = "delivery.json";
inline constexpr std::string_view kForwardingFile = "forwarding.json";
inline constexpr std::string_view kForwardingSignatureFile = "forwarding.p7s";

/// One file name for each attachment of a message, no two alike in any case. The attachment's name itself if
/// a file system takes it and it is none of the above; else it is shortened, keeping its extension, and told
/// apart by a digest of the whole. The same for the same message. Errors: ATTACHMENT_NAME_UNSAFE.
[[nodiscard]] Result<std::vector<std::string>> file_names(const std::vector<Attachment>& attachments);

}  // namespace tram::client
