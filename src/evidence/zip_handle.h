// libzip behind RAII. Included by evidence/*.cc alone.
#pragma once

#include <zip.h>

#include <memory>
#include <string>

namespace tram::evidence {

struct ZipDiscard {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};
/// Changes that were not written are dropped.
using ZipPtr = std::unique_ptr<zip_t, ZipDiscard>;

struct ZipFileClose {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using ZipFilePtr = std::unique_ptr<zip_file_t, ZipFileClose>;

/// What zip_open() says is wrong.
[[nodiscard]] inline std::string zip_open_error_text(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

}  // namespace tram::evidence
