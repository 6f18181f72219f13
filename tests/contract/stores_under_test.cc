#include "tests/contract/stores_under_test.h"

#include <atomic>

#include "store/content/file_content_store.h"
#include "store/memory/memory_content_store.h"
#include "store/memory/memory_message_store.h"
#include "store/sqlite/sqlite_message_store.h"
#include "tests/contract/temporary_folder.h"
#include "tests/contract/test_executor.h"

namespace tram::contract {
namespace {

// Content that is nowhere, but for its flush.
class FlushOnly final : public exchange::ContentStore {
 public:
  Result<exchange::ContentLocation> append(BytesView) override { return unused(); }
  Result<void> flush() override {
    if (!failing) return {};
    return failure(ErrorCode::internal, "CONTENT_IO", "the test made this flush fail");
  }
  Result<exchange::UploadState> upload_state(const std::string&, const Digest&, std::uint64_t) override {
    return unused();
  }
  Result<std::unique_ptr<exchange::Upload>> resume_upload(const std::string&, const Digest&, std::uint64_t,
                                                          std::uint64_t) override {
    return unused();
  }
  Result<exchange::ContentLocation> uploaded(const std::string&, const Digest&, std::uint64_t) override {
    return unused();
  }
  Result<Bytes> read(const exchange::ContentLocation&, std::uint64_t, std::size_t) const override {
    return unused();
  }
  Result<exchange::ContentLocation> hold(const exchange::ContentLocation&) const override { return unused(); }

  std::atomic<bool> failing = false;

 private:
  static Error unused() { return failure(ErrorCode::unimplemented, "UNUSED", "not part of these tests"); }
};

class MemoryMessages final : public MessageStoreUnderTest {
 public:
  MemoryMessages() { reopen(); }
  exchange::MessageStore& store() override { return *store_; }
  void reopen() override {
    close();
    executor_ = std::make_unique<ThreadExecutor>();
    store_ = std::make_unique<store::MemoryMessageStore>(disk_, contents_, *executor_,
                                                         [this](const Error& error) { on_failure(error); });
  }
  void close() override {
    executor_.reset();  // first: no task runs in a store that is gone
    store_.reset();
  }
  void fail_flushes() override { contents_.failing = true; }

 private:
  FlushOnly contents_;
  const std::shared_ptr<store::MemoryDisk> disk_ = std::make_shared<store::MemoryDisk>();
  std::unique_ptr<ThreadExecutor> executor_;
  std::unique_ptr<store::MemoryMessageStore> store_;
};

class SqliteMessages final : public MessageStoreUnderTest {
 public:
  SqliteMessages() { reopen(); }
  exchange::MessageStore& store() override { return *store_; }
  void reopen() override {
    close();
    store_ = store::SqliteMessageStore::open(folder_.path(),
                                             {contents_, [this](const Error& error) { on_failure(error); }})
                 .value();
  }
  void close() override { store_.reset(); }
  void fail_flushes() override { contents_.failing = true; }

 private:
  TemporaryFolder folder_;
  FlushOnly contents_;
  std::unique_ptr<store::SqliteMessageStore> store_;
};

class MemoryContents final : public ContentStoreUnderTest {
 public:
  explicit MemoryContents(const store::ContentOptions& options) : options_(options) { reopen(); }
  exchange::ContentStore& store() override { return *store_; }
  exchange::ContentCollector& collector() override { return *store_; }
  void reopen() override { store_ = std::make_unique<store::MemoryContentStore>(disk_, options_); }

 private:
  const store::ContentOptions options_;
  const std::shared_ptr<store::MemoryContentDisk> disk_ = std::make_shared<store::MemoryContentDisk>();
  std::unique_ptr<store::MemoryContentStore> store_;
};

class FileContents final : public ContentStoreUnderTest {
 public:
  explicit FileContents(const store::ContentOptions& options) : options_(options) { reopen(); }
  exchange::ContentStore& store() override { return *store_; }
  exchange::ContentCollector& collector() override { return *store_; }
  void reopen() override {
    store_.reset();
    store_ = store::FileContentStore::open(folder_.path(), options_).value();
  }

 private:
  const store::ContentOptions options_;
  TemporaryFolder folder_;
  std::unique_ptr<store::FileContentStore> store_;
};

}  // namespace

MessageStoreKind memory_messages() {
  return {"memory", [] { return std::make_unique<MemoryMessages>(); }};
}

MessageStoreKind sqlite_messages() {
  return {"sqlite", [] { return std::make_unique<SqliteMessages>(); }};
}

ContentStoreKind memory_contents() {
  return {"memory", [](const auto& options) { return std::make_unique<MemoryContents>(options); }};
}

ContentStoreKind file_contents() {
  return {"files", [](const auto& options) { return std::make_unique<FileContents>(options); }};
}

}  // namespace tram::contract
