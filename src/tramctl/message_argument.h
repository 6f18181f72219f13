// "ID" or "SENDER/ID" of a command, where the profile's agency is the sender by default.
#pragma once

#include "tramctl/arguments.h"
#include "tramctl/context.h"

namespace tram::client {

[[nodiscard]] inline Result<MessageKey> message_of(Context& context, const std::string& text) {
  const Result<const Profile*> profile = context.profile();
  if (!profile) return profile.error();
  return key_from(text, (*profile)->agency, "MESSAGE");
}

}  // namespace tram::client
