// The disk below a folder, by statvfs(3), and a reserve on it.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "exchange/disk_space.h"
#include "store/content/file.h"

namespace tram::store {

/// The reserve is a file of that size, `<folder>/reserve`. When it is given free, its last part stays, for a
/// start on a full disk: opening the stores needs a little room. Threads: any.
class DataDisk final : public exchange::DiskSpace {
 public:
  /// Creates the folder; makes the reserve whole if there is room, `reserve` bytes or a fiftieth of the disk
  /// if that is less. If there is hardly any room, gives all of the reserve free: open the stores next, then
  /// call opened(). INTERNAL, FOLDER_UNUSABLE or CONTENT_IO.
  [[nodiscard]] static Result<std::unique_ptr<DataDisk>> open(const std::string& folder,
                                                              std::uint64_t reserve);
  /// The stores are open: the last part is taken again if there is room.
  void opened();

  [[nodiscard]] Result<exchange::DiskRoom> room() const override;
  [[nodiscard]] std::uint64_t reserve() const override { return reserve_; }
  [[nodiscard]] bool holds_reserve() const override { return held_ >= reserve_; }
  void release_reserve() override;
  [[nodiscard]] Result<void> restore_reserve() override { return resize(reserve_); }

 private:
  DataDisk(std::string folder, File file) : folder_(std::move(folder)), file_(std::move(file)) {}
  [[nodiscard]] Result<void> resize(std::uint64_t bytes);
  [[nodiscard]] std::uint64_t last_part() const;

  const std::string folder_;
  const File file_;
  std::uint64_t reserve_ = 0;
  std::atomic<std::uint64_t> held_{0};
};

}  // namespace tram::store
