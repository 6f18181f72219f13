// The characters that signed notes allow (C2SP signed-note, "Format").
#pragma once

#include "base/bytes.h"

namespace tram::log {

/// Valid UTF-8 (RFC 3629) with no control character below U+0020 but LF.
[[nodiscard]] bool is_note_text(BytesView bytes);

/// A key's name: note text that is not empty and has no Unicode white space (LF included) and no plus sign.
[[nodiscard]] bool is_key_name(BytesView bytes);

}  // namespace tram::log
