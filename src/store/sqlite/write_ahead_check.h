// Damage in a write-ahead file, which SQLite takes for its end.
#pragma once

#include <string>

#include "base/error.h"

namespace tram::store {

/// SQLite recovers a WAL up to its first frame that does not fit, as a power cut leaves it, and drops the
/// rest: a damaged byte would silently take back what was answered. Only the last transaction can be torn,
/// because each is synced before the next one begins. So a frame that does not fit before one transaction's
/// end and another's beginning is damage: DATA_LOSS, STORE_CORRUPT. Damage in the last transaction looks as a
/// power cut does. No file is no damage. Before SQLite opens it. Source: sqlite.org/fileformat2.html, 4.
[[nodiscard]] Result<void> check_write_ahead(const std::string& path);

}  // namespace tram::store
