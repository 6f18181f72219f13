// Attachment names as Unicode text; what check() of model/message_rules.h leaves to who has the tables.
#pragma once

#include <vector>

#include "codec/causes.h"
#include "model/message.h"

namespace tram::codec {

/// Adds a cause for each name that is not NFC, hides characters, or equals an earlier one after case folding.
/// Passes over what is_attachment_name() does not allow: check() names it.
void check_attachment_names(const std::vector<Attachment>& attachments, Causes& causes);

}  // namespace tram::codec
