// Where received files go. Names come from elsewhere: nothing may lead out of the folder.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "model/message.h"

namespace tram::client {

/// "SENDER/ID". Errors: MESSAGE_ID_MALFORMED.
[[nodiscard]] Result<std::string> message_folder(const MessageKey& key);

/// The name itself if a file system takes it; one of more than 255 bytes is shortened, keeping its extension,
/// and made unique by a digest of the whole. Errors: ATTACHMENT_NAME_UNSAFE.
[[nodiscard]] Result<std::string> file_name(std::string_view attachment_name);

}  // namespace tram::client
