// What every client of a benchmark sends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tram::bench {

/// `bytes` long, at least the id: the id, then bytes that no compression makes shorter (a database would
/// otherwise store less of it than a document). The same id always has the same content. Threads: any.
[[nodiscard]] std::string payload_of(const std::string& id, std::uint64_t bytes);

/// The id in front of a payload.
[[nodiscard]] std::string id_of_payload(std::string_view payload);

}  // namespace tram::bench
