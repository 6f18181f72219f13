// Refusals that every content store makes in the same words.
#pragma once

#include "base/error.h"

namespace tram::store {

[[nodiscard]] Error upload_too_long();      ///< INVALID_ARGUMENT, CONTENT_TOO_LONG
[[nodiscard]] Error digest_mismatch();      ///< INVALID_ARGUMENT, DIGEST_MISMATCH
[[nodiscard]] Error upload_offset_wrong();  ///< FAILED_PRECONDITION, UPLOAD_OFFSET
[[nodiscard]] Error not_uploaded();         ///< NOT_FOUND, NOT_UPLOADED
[[nodiscard]] Error content_gone();         ///< DATA_LOSS, CONTENT_GONE

}  // namespace tram::store
