// A content store in memory that tells the test of every chunk that an upload has written.
#pragma once

#include <functional>
#include <utility>

#include "store/memory/memory_content_store.h"
#include "tests/transport/mailbox.h"

namespace tram::transport::test {

class WatchedContents final : public exchange::ContentStore {
 public:
  Mailbox<std::size_t> written;  ///< sizes of chunks
  /// Called by the next resume_upload(), once, before it begins. Set while nobody uploads.
  std::function<void()> before_resuming;

  Result<exchange::ContentLocation> append(BytesView bytes) override { return store_.append(bytes); }
  Result<void> flush() override { return store_.flush(); }
  Result<exchange::UploadState> upload_state(const std::string& owner, const Digest& sha256,
                                             std::uint64_t size) override {
    return store_.upload_state(owner, sha256, size);
  }
  Result<std::unique_ptr<exchange::Upload>> resume_upload(const std::string& owner, const Digest& sha256,
                                                          std::uint64_t size, std::uint64_t offset) override {
    if (const auto before = std::exchange(before_resuming, nullptr)) before();
    auto upload = store_.resume_upload(owner, sha256, size, offset);
    if (!upload) return upload.error();
    return std::unique_ptr<exchange::Upload>(std::make_unique<WatchedUpload>(std::move(*upload), written));
  }
  Result<exchange::ContentLocation> uploaded(const std::string& owner, const Digest& sha256,
                                             std::uint64_t size) override {
    return store_.uploaded(owner, sha256, size);
  }
  Result<Bytes> read(const exchange::ContentLocation& location, std::uint64_t offset,
                     std::size_t limit) const override {
    return store_.read(location, offset, limit);
  }
  Result<exchange::ContentLocation> hold(const exchange::ContentLocation& location) const override {
    return store_.hold(location);
  }

 private:
  class WatchedUpload final : public exchange::Upload {
   public:
    WatchedUpload(std::unique_ptr<exchange::Upload> upload, Mailbox<std::size_t>& written)
        : upload_(std::move(upload)), written_(written) {}
    Result<void> write(BytesView chunk) override {
      auto done = upload_->write(chunk);
      written_.put(chunk.size());
      return done;
    }
    Result<exchange::UploadState> finish() override { return upload_->finish(); }

   private:
    const std::unique_ptr<exchange::Upload> upload_;
    Mailbox<std::size_t>& written_;
  };

  store::MemoryContentStore store_{std::make_shared<store::MemoryContentDisk>()};
};

}  // namespace tram::transport::test
