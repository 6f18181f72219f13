// What "the same content" means: one SHA-256 over what the sender submitted.
#pragma once

#include "base/sha256.h"
#include "model/message.h"

namespace tram::codec {

/// SHA-256 over every field of the submission, each with its length, in a fixed order (proto/README.md, "The
/// submitted digest"). Independent of any encoding: the same for fields sent as protobuf and as a signed
/// header.
[[nodiscard]] Digest submitted_digest(const Submission& submission);

}  // namespace tram::codec
