// The content store in memory: for the simulator and for tests.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "exchange/content_collector.h"
#include "exchange/content_store.h"
#include "store/container_pins.h"
#include "store/content_options.h"
#include "store/upload_ledger.h"

namespace tram::store {

/// Bytes, of which a crash keeps the first `durable`.
struct MemoryFile {
  Bytes bytes;
  std::size_t durable = 0;
  bool complete = false;  ///< of uploads
  Timestamp changed_at;
};

/// What of a memory content store survives a simulated crash. Shared by a store and its successor; one store
/// at a time. Threads: guarded by `mutex`.
struct MemoryContentDisk {
  std::mutex mutex;
  std::uint64_t life = 0;          ///< grows with each crash: what began in an earlier life does nothing
  int failing_reads = 0;           ///< so many reads from now on fail, as of a disk that stutters
  std::uint64_t last_segment = 0;  ///< numbers are never used twice
  std::map<std::string, MemoryFile> segments;
  std::map<std::string, MemoryFile> uploads;
};

/// Implements the ports over a MemoryContentDisk. Destroying the store is a crash: a new store over the same
/// disk finds only what was flushed or finished, and uploads that still stand do nothing.
class MemoryContentStore final : public exchange::ContentStore, public exchange::ContentCollector {
 public:
  explicit MemoryContentStore(std::shared_ptr<MemoryContentDisk> disk, const ContentOptions& options = {});

  /// The power fails, now and not when the store is destroyed: what is not synced is gone.
  void lose_power();

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
  void begin_segment();
  [[nodiscard]] bool erase(const exchange::Container& container);

  const std::shared_ptr<MemoryContentDisk> disk_;
  const ContentOptions options_;
  const std::shared_ptr<UploadLedger> ledger_;
  mutable ContainerPins pins_;
  std::string segment_;  // being filled; guarded by the disk's mutex, as is the next
  std::shared_ptr<const void> segment_pin_;
};

}  // namespace tram::store
