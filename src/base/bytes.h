// Byte strings. std::string holds them because protobuf, SQLite and the files we write take it without a
// copy.
#pragma once

#include <string>
#include <string_view>

namespace tram {

using Bytes = std::string;           ///< owned bytes, any value, not text
using BytesView = std::string_view;  ///< borrowed bytes

}  // namespace tram
