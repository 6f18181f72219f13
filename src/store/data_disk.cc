#include "store/data_disk.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace tram::store {
namespace {

constexpr std::uint64_t kLastPart = 1 << 20;  // SQLite's shared memory, the first pages of a new WAL

}  // namespace

Result<std::unique_ptr<DataDisk>> DataDisk::open(const std::string& folder, std::uint64_t reserve) {
  std::error_code why;
  std::filesystem::create_directories(folder, why);
  if (why)
    return failure(ErrorCode::internal, "FOLDER_UNUSABLE",
                   "cannot use the folder " + folder + ": " + why.message(),
                   "create it and let the node's user write there");
  auto file = File::open(Disk::system(), folder + "/reserve", File::Mode::write);
  if (!file) return file.error();
  std::unique_ptr<DataDisk> disk(new DataDisk(folder, *std::move(file)));
  const auto size = disk->file_.size();
  const auto room = disk->room();
  if (!size || !room) return size ? room.error() : size.error();
  disk->reserve_ = std::min(reserve, room->total / 50);
  disk->held_ = *size;
  if (room->free >= 2 * disk->reserve_) {
    static_cast<void>(disk->restore_reserve());
  } else if (room->free < disk->last_part()) {
    static_cast<void>(disk->resize(0));
  }
  return disk;
}

void DataDisk::opened() {
  if (held_ < last_part()) static_cast<void>(resize(last_part()));
}

Result<exchange::DiskRoom> DataDisk::room() const {
  struct statvfs found {};
  if (::statvfs(folder_.c_str(), &found) != 0) return io_error(errno, "cannot look at the disk of", folder_);
  const std::uint64_t unit = found.f_frsize;
  return exchange::DiskRoom{found.f_bavail * unit, found.f_blocks * unit};
}

void DataDisk::release_reserve() {
  if (held_ > last_part()) static_cast<void>(resize(last_part()));
}

std::uint64_t DataDisk::last_part() const { return std::min(kLastPart, reserve_ / 2); }

Result<void> DataDisk::resize(std::uint64_t bytes) {
  const std::uint64_t before = held_;
  const auto sized = bytes <= before ? file_.shorten(bytes) : file_.allocate(bytes);
  if (sized) {
    held_ = bytes;
  } else {
    static_cast<void>(file_.shorten(before));
  }
  return sized;
}

}  // namespace tram::store
