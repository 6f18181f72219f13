#include "tests/simulation/filling_disk.h"

namespace tram::sim {
namespace {

constexpr std::uint64_t kTotal = 100'000;
constexpr std::uint64_t kLow = 500;  // below what Settings call low, above the reserve
constexpr std::uint64_t kReserve = 64;
constexpr unsigned kMiB = 20;  // as a shift

}  // namespace

void FillingDisk::fill(Fill how) {
  free_ = how == Fill::low ? kLow : 0;
  choked_ = how == Fill::choked;
  // With the reserve given free already, what was promised still has room.
  node_.fill_disk(choked_ || (how == Fill::full && reserve_held_));
}

void FillingDisk::make_room() {
  free_ = kRoomy;
  choked_ = false;
  node_.fill_disk(false);
}

Result<exchange::DiskRoom> FillingDisk::room() const {
  return exchange::DiskRoom{free_ << kMiB, kTotal << kMiB};
}

std::uint64_t FillingDisk::reserve() const { return kReserve << kMiB; }

void FillingDisk::release_reserve() {
  reserve_held_ = false;
  if (!choked_) node_.fill_disk(false);
}

Result<void> FillingDisk::restore_reserve() {
  if (free_ < kReserve)
    return failure(ErrorCode::resource_exhausted, "DISK_FULL", "there is no room for the reserve");
  reserve_held_ = true;
  return {};
}

}  // namespace tram::sim
