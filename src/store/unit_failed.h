// How a transaction's methods, which do not report errors, end their unit.
#pragma once

#include "base/error.h"

namespace tram::store {

/// Thrown by a transaction's methods through the unit of work and caught by the committer: the unit is undone
/// and `error` is its completion's answer. Never leaves the store.
struct UnitFailed {
  Error error;
};

}  // namespace tram::store
