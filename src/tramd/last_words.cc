#include "tramd/last_words.h"

#include <fstream>
#include <iterator>

namespace tram::daemon {
namespace {

constexpr const char* kFile = "store-failed.txt";
constexpr std::size_t kMost = 4096;  // bytes

}  // namespace

void leave_last_words(const std::filesystem::path& folder, Timestamp now, const Error& error) noexcept {
  try {
    std::ofstream(folder / kFile) << to_rfc3339(now) << ": " << error.text_for_log();
  } catch (...) {  // the process ends for the reason it has
  }
}

std::optional<std::string> take_last_words(const std::filesystem::path& folder) {
  std::ifstream in(folder / kFile, std::ios::binary);
  if (!in) return std::nullopt;
  std::string text(kMost, '\0');
  in.read(text.data(), kMost);
  text.resize(static_cast<std::size_t>(in.gcount()));
  std::error_code ignored;  // then it is told once more
  std::filesystem::remove(folder / kFile, ignored);
  return text;
}

}  // namespace tram::daemon
