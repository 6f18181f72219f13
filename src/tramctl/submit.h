// Hands a submission to the node, until it answers.
#pragma once

#include <tram/v1/exchange.pb.h>

#include <vector>

#include "base/error.h"
#include "model/message.h"
#include "tramctl/connection.h"
#include "tramctl/context.h"
#include "tramctl/documents.h"
#include "tramctl/options.h"

namespace tram::client {

/// Signs here if options name a key; uploads what does not go inline; sends, and sends the same again while
/// the node cannot be reached or is overloaded, for options.retry_for seconds. Errors: the node's refusal;
/// those of trust::SigningKey.
[[nodiscard]] Result<v1::Accepted> submit(const Context& context, const Connection& connection,
                                          const Submission& submission, const std::vector<SourceFile>& files,
                                          const SubmitOptions& options);

/// Prints what the node answered, for people or as JSON.
void print_accepted(const Context& context, const Submission& submission, const v1::Accepted& accepted);

}  // namespace tram::client
