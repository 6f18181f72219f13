// Full disks: nothing is half stored, and the caller hears what to do.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>

#include "store/content/file_content_store.h"
#include "store/sqlite/sqlite_message_store.h"
#include "tests/contract/temporary_folder.h"

namespace tram::store {
namespace {

using namespace exchange;

/// Files of this process cannot grow beyond a limit while it lives: what a write beyond it gets is EFBIG.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(FullDisk, ContentIsRefusedAndWhatIsThereStays) {
  contract::TemporaryFolder folder;
  const auto store = FileContentStore::open(folder.path()).value();
  const auto first = store->append(Bytes(60'000, 'a')).value();
  {
    FileSizeLimit limit(100'000);
    const auto refused = store->append(Bytes(60'000, 'b'));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::resource_exhausted);
    EXPECT_FALSE(refused.error().remedy.empty());
    EXPECT_EQ(refused.error().text().find(folder.path()), std::string::npos) << "clients learn no paths";
    EXPECT_NE(refused.error().text_for_log().find(folder.path()), std::string::npos);
  }
  const auto second = store->append(Bytes(60'000, 'c')).value();
  EXPECT_TRUE(store->flush());
  EXPECT_EQ(store->read(first, 0, 60'000).value(), Bytes(60'000, 'a'));
  EXPECT_EQ(store->read(second, 0, 60'000).value(), Bytes(60'000, 'c'));
}

TEST(FullDisk, AnUploadGoesOnWhenThereIsRoomAgain) {
  contract::TemporaryFolder folder;
  const auto store = FileContentStore::open(folder.path()).value();
  const Bytes bytes(200'000, 'u');
  auto upload = store->resume_upload("o", Sha256::of(bytes), bytes.size(), 0).value();
  {
    FileSizeLimit limit(100'000);
    EXPECT_EQ(upload->write(bytes).error().code, ErrorCode::resource_exhausted);
  }
  upload.reset();
  const auto stored = store->upload_state("o", Sha256::of(bytes), bytes.size())->stored;
  upload = store->resume_upload("o", Sha256::of(bytes), bytes.size(), stored).value();
  ASSERT_TRUE(upload->write(BytesView(bytes).substr(stored)));
  EXPECT_TRUE(upload->finish()->complete);
}

/// A file system of a few megabytes.
class SmallDisk {
 public:
  SmallDisk() : mounted_(::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=8m") == 0) {}
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] const std::string& path() const { return folder_.path(); }

 private:
  contract::TemporaryFolder folder_;
  const bool mounted_;
};

Result<void> append(MessageStore& store, std::size_t records) {
  std::promise<Result<void>> answered;
  store.submit(
      [=](Transaction& transaction) -> Result<void> {
        for (std::size_t i = 0; i < records; ++i)
          transaction.append_record(Bytes(60'000, 'r'), std::nullopt, "");
        return {};
      },
      [&](Result<void> result) { answered.set_value(std::move(result)); });
  return answered.get_future().get();
}

TEST(FullDisk, AUnitIsRefusedAndTheStoreGoesOn) {
  const SmallDisk disk;
  if (!disk.mounted()) GTEST_SKIP() << "only root can mount a small file system";
  contract::TemporaryFolder content_folder;
  const auto contents = FileContentStore::open(content_folder.path()).value();
  const auto open = [&] {
    return SqliteMessageStore::open(disk.path(),
                                    {*contents, [](const Error& error) { ADD_FAILURE() << error.text(); }})
        .value();
  };
  const std::string filler = disk.path() + "/filler";
  std::ofstream(filler) << std::string(5 << 20, 'f');
  auto store = open();
  ASSERT_TRUE(append(*store, 1));
  const auto refused = append(*store, 200);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::resource_exhausted);
  EXPECT_EQ(refused.error().reason, "DISK_FULL");
  EXPECT_EQ(store->log_size(), 1U);
  EXPECT_TRUE(append(*store, 1));
  EXPECT_EQ(store->log_size(), 2U);
  const auto root = store->log_root(2).value();
  store.reset();
  std::filesystem::remove(filler);  // the remedy
  store = open();
  EXPECT_EQ(store->log_root(2).value(), root);
}

}  // namespace
}  // namespace tram::store
