// Where received files go. Names come from elsewhere: nothing may lead out of the folder.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "model/message.h"

namespace tram::client {

/// "SENDER/ID". Errors: MESSAGE_ID_MALFORMED.
[[nodiscard]] Result<std::string> message_folder(const MessageKey& key);

/// What a received message's own files are called.
inline constexpr std::string_view kHeaderFile = "header.json";
inline constexpr std::string_view kSignatureFile = "signature001.p7s";
inline constexpr std::string_view kDeliveryFile = "delivery.json";

/// The name itself if a file system takes it and it is none of the above in any case; else it is shortened,
/// keeping its extension, and made unique by a digest of the whole. Errors: ATTACHMENT_NAME_UNSAFE.
[[nodiscard]] Result<std::string> file_name(std::string_view attachment_name);

}  // namespace tram::client
