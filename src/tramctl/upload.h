// Attachments to the node: inline, or uploaded before.
#pragma once

#include <tram/v1/message.pb.h>

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "tramctl/connection.h"
#include "tramctl/context.h"
#include "tramctl/documents.h"

namespace tram::client {

/// Which files go inline so that these take at most `limit` bytes: the largest are uploaded first. Pure.
[[nodiscard]] std::vector<bool> choose_inline(const std::vector<SourceFile>& files, std::uint64_t limit);

/// Uploads from where an earlier upload broke off, as often as `retry_for` allows without going forward.
/// Errors: the node's; FILE_CHANGED.
[[nodiscard]] Result<void> upload(const Context& context, const Connection& connection,
                                  const SourceFile& file, std::chrono::seconds retry_for);

}  // namespace tram::client
