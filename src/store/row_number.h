// Row numbers as the integers that tables hold.
#pragma once

#include <cstdint>

#include "exchange/message_store.h"

namespace tram::store {

[[nodiscard]] constexpr std::int64_t number(exchange::MessageRow row) {
  return static_cast<std::int64_t>(row);
}
[[nodiscard]] constexpr std::int64_t number(exchange::QueueRow row) { return static_cast<std::int64_t>(row); }

}  // namespace tram::store
