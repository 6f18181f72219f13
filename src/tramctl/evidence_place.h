// Where an exported container comes to lie.
#pragma once

#include <string>

#include "base/error.h"
#include "model/message.h"

namespace tram::client {

/// DIR/ID.asice. Ids are unique within their sender alone: there may lie a container of the same message,
/// which the new one replaces, and nothing else. Errors: MESSAGE_ID_MALFORMED; FAILED_PRECONDITION with
/// CONTAINER_OF_ANOTHER for another message's, CONTAINER_UNKNOWN for what cannot be read as a container.
[[nodiscard]] Result<std::string> container_place(const std::string& dir, const MessageKey& key);

}  // namespace tram::client
