// Submissions made of what the command line says. Pure.
#pragma once

#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/message.h"
#include "tramctl/options.h"

namespace tram::client {

/// A well-formed dispatch; its id is a new UUID version 7 unless one is given. Errors: usage, with all
/// causes.
[[nodiscard]] Result<Submission> draft_document(const SendOptions& options, const AgencyCode& sender,
                                                std::vector<Attachment> attachments, Timestamp now);

/// A well-formed status of `about` for its sender.
[[nodiscard]] Result<Submission> draft_status(const StatusOptions& options, const AgencyCode& sender,
                                              const MessageKey& about, Timestamp now);

}  // namespace tram::client
