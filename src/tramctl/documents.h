// The files of a document to be sent.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "model/message.h"
#include "tramctl/context.h"

namespace tram::client {

inline constexpr std::size_t kChunk = 256 * 1024;  ///< bytes read and sent at once

struct SourceFile {
  std::string path;
  Attachment attachment;
};

/// Reads each file once for its size and digest; the name becomes NFC. Errors: usage naming FILE.
[[nodiscard]] Result<std::vector<SourceFile>> examine_files(const Context& context,
                                                            const std::vector<std::string>& paths);

/// The whole of a small file. DATA_LOSS, FILE_CHANGED if it is not what was examined.
[[nodiscard]] Result<Bytes> read_again(const SourceFile& file);

}  // namespace tram::client
