// The content store on a file system.
//
//   <folder>/segments/s-0000000001    contents one after another
//   <folder>/uploads/u-….part, .bin   large contents, see uploads.h
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "exchange/content_collector.h"
#include "exchange/content_store.h"
#include "store/container_pins.h"
#include "store/content/open_files.h"
#include "store/content/segments.h"
#include "store/content/uploads.h"
#include "store/content_options.h"
#include "store/folder_lock.h"

namespace tram::store {

/// Implements the ports. Threads: any; every method may block on the disk.
class FileContentStore final : public exchange::ContentStore, public exchange::ContentCollector {
 public:
  /// Creates the folders. FAILED_PRECONDITION, FOLDER_IN_USE; INTERNAL, CONTENT_IO or FOLDER_UNUSABLE.
  [[nodiscard]] static Result<std::unique_ptr<FileContentStore>> open(const std::string& folder,
                                                                      const ContentOptions& options = {});

  /// For the start, when the message store is open: complete uploads that it does not use (`is_used`, of a
  /// container's name) count against their owners' quotas as before. INTERNAL, CONTENT_IO.
  [[nodiscard]] Result<void> count_unused(const std::function<bool(const std::string&)>& is_used) const;

  [[nodiscard]] Result<exchange::ContentLocation> append(BytesView bytes) override;
  [[nodiscard]] Result<void> flush() override;
  [[nodiscard]] Result<exchange::UploadState> upload_state(const std::string& owner, const Digest& sha256,
                                                           std::uint64_t size) override;
  [[nodiscard]] Result<std::unique_ptr<exchange::Upload>> resume_upload(const std::string& owner,
                                                                        const Digest& sha256,
                                                                        std::uint64_t size,
                                                                        std::uint64_t offset) override;
  [[nodiscard]] Result<exchange::ContentLocation> uploaded(const std::string& owner, const Digest& sha256,
                                                           std::uint64_t size) override;
  [[nodiscard]] Result<Bytes> read(const exchange::ContentLocation& location, std::uint64_t offset,
                                   std::size_t limit) const override;
  [[nodiscard]] Result<exchange::ContentLocation> hold(
      const exchange::ContentLocation& location) const override;

  [[nodiscard]] std::unique_ptr<exchange::ContainerListing> containers() const override;
  [[nodiscard]] bool offer(const exchange::Container& container) override;
  [[nodiscard]] Result<bool> remove(const exchange::Container& container) override;
  [[nodiscard]] Result<void> seal() override;

 private:
  FileContentStore(Disk& disk, std::string folder, FolderLock lock, std::size_t open_files)
      : disk_(disk), folder_(std::move(folder)), lock_(std::move(lock)), open_files_(disk, open_files) {}
  [[nodiscard]] Result<bool> unlink(const exchange::Container& container);

  Disk& disk_;
  const std::string folder_;
  const FolderLock lock_;
  mutable ContainerPins pins_;
  mutable OpenFiles open_files_;
  std::unique_ptr<Segments> segments_;  // set once, by open()
  std::unique_ptr<Uploads> uploads_;    // the same
};

}  // namespace tram::store
