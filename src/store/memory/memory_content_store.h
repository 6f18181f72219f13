// The content store in memory: for the simulator and for tests.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "exchange/content_store.h"
#include "store/content_options.h"
#include "store/upload_ledger.h"

namespace tram::store {

/// Bytes, of which a crash keeps the first `durable`.
struct MemoryFile {
  Bytes bytes;
  std::size_t durable = 0;
  bool complete = false;  ///< of uploads
};

/// What of a memory content store survives a simulated crash. Shared by a store and its successor; one store
/// at a time. Threads: guarded by `mutex`.
struct MemoryContentDisk {
  std::mutex mutex;
  std::map<std::string, MemoryFile> segments;
  std::map<std::string, MemoryFile> uploads;
};

/// Implements the port over a MemoryContentDisk. Destroying the store is a crash: a new store over the same
/// disk finds only what was flushed or finished.
class MemoryContentStore final : public exchange::ContentStore {
 public:
  explicit MemoryContentStore(std::shared_ptr<MemoryContentDisk> disk, const ContentOptions& options = {});

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

 private:
  const std::shared_ptr<MemoryContentDisk> disk_;
  const ContentOptions options_;
  const std::shared_ptr<UploadLedger> ledger_;
  std::string segment_;  // being filled; guarded by the disk's mutex
};

}  // namespace tram::store
