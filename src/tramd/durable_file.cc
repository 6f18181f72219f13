#include "tramd/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace tram::daemon {
namespace {

bool synced(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool done = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return done;
}

}  // namespace

std::optional<Bytes> content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

Result<void> replace_file(const std::filesystem::path& file, const Bytes& bytes) {
  const std::filesystem::path fresh = file.string() + ".new";
  std::error_code error;
  if (!(std::ofstream(fresh, std::ios::binary | std::ios::trunc) << bytes << std::flush))
    return unusable(fresh);
  if (!synced(fresh)) return unusable(fresh);
  std::filesystem::rename(fresh, file, error);
  if (error || !synced(file.parent_path())) return unusable(file);
  return {};
}

Error unusable(const std::filesystem::path& file) {
  return failure(ErrorCode::internal, "FOLDER_UNUSABLE", file.string() + " cannot be written or removed",
                 "let the service's user write into its data folder");
}

}  // namespace tram::daemon
