// What only the content store on a file system does.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "store/content/disk.h"
#include "store/content/file_content_store.h"
#include "store/upload_ledger.h"
#include "tests/contract/temporary_folder.h"

namespace tram::store {
namespace {

namespace fs = std::filesystem;

class ContentFiles : public testing::Test {
 protected:
  std::unique_ptr<FileContentStore> open() { return FileContentStore::open(folder_.path()).value(); }
  [[nodiscard]] std::string segment(const exchange::ContentLocation& location) const {
    return folder_.path() + "/segments/" + location.container;
  }
  contract::TemporaryFolder folder_;
};

TEST_F(ContentFiles, ATornTailHurtsNothingBeforeIt) {
  auto store = open();
  const auto first = store->append("whole").value();
  ASSERT_TRUE(store->flush());
  store.reset();
  std::ofstream(segment(first), std::ios::app) << "half of what was being writ";
  store = open();
  EXPECT_EQ(store->read(first, 0, 99).value(), "whole");
  const auto second = store->append("next").value();
  EXPECT_NE(second.container, first.container);
  EXPECT_EQ(store->read(second, 0, 99).value(), "next");
}

TEST_F(ContentFiles, AShortenedSegmentIsDataLoss) {
  auto store = open();
  const auto first = store->append("whole").value();
  store.reset();
  fs::resize_file(segment(first), 3);
  store = open();
  EXPECT_EQ(store->read(first, 0, 99).error().code, ErrorCode::data_loss);
  EXPECT_EQ(store->read(first, 0, 3).value(), "who");
}

TEST_F(ContentFiles, ADamagedPrefixIsFoundAtTheEnd) {
  auto store = open();
  const Digest digest = Sha256::of("hello");
  ASSERT_TRUE(store->resume_upload("o", digest, 5, 0).value()->write("hel"));
  for (const auto& file : fs::directory_iterator(folder_.path() + "/uploads"))
    std::ofstream(file.path()) << "jel";
  auto upload = store->resume_upload("o", digest, 5, 3).value();
  ASSERT_TRUE(upload->write("lo"));
  EXPECT_EQ(upload->finish().error().reason, "DIGEST_MISMATCH");
}

// Tells where the disk was told to begin.
class HintedDisk final : public Disk {
 public:
  std::vector<std::pair<off_t, off_t>> hints;  ///< from, to
  void start_writing(int, off_t offset, off_t size) override { hints.emplace_back(offset, offset + size); }
};

TEST_F(ContentFiles, TheDiskBeginsWithALargeUploadBeforeItsEnd) {
  constexpr off_t kMiB = 1 << 20;
  const std::string bytes(20 * kMiB, 'x');
  HintedDisk disk;
  ContentOptions options;
  options.disk = &disk;
  const auto store = FileContentStore::open(folder_.path(), options).value();
  const auto put = [&](off_t from, off_t to) {
    auto upload =
        store->resume_upload("o", Sha256::of(bytes), bytes.size(), static_cast<std::uint64_t>(from)).value();
    for (; from < to; from += kMiB)
      EXPECT_TRUE(upload->write(BytesView(bytes).substr(static_cast<std::size_t>(from), kMiB)));
    return upload->finish().value().complete;
  };
  EXPECT_FALSE(put(0, 10 * kMiB));
  EXPECT_TRUE(put(10 * kMiB, 20 * kMiB));
  const std::vector<std::pair<off_t, off_t>> expected{{0, 8 * kMiB}, {10 * kMiB, 18 * kMiB}};
  EXPECT_EQ(disk.hints, expected);
}

// Calls back while it makes names durable.
class WatchedDisk final : public Disk {
 public:
  std::function<void()> while_syncing = [] {};
  bool fails = false;
  int sync_folder(const char* path) override {
    while_syncing();
    return fails ? -1 : Disk::sync_folder(path);
  }
};

// Else a message could refer to a name that a power cut, or the writer itself, takes away.
TEST_F(ContentFiles, AnUploadIsNotCompleteBeforeItsNameIsDurable) {
  WatchedDisk disk;
  ContentOptions options;
  options.disk = &disk;
  const auto store = FileContentStore::open(folder_.path(), options).value();
  const Digest digest = Sha256::of("hello");
  auto upload = store->resume_upload("o", digest, 5, 0).value();
  ASSERT_TRUE(upload->write("hello"));
  int looks = 0;
  disk.while_syncing = [&] {
    ++looks;
    EXPECT_EQ(store->uploaded("o", digest, 5).error().reason, "NOT_UPLOADED");
    EXPECT_FALSE(store->upload_state("o", digest, 5).value().complete);
    EXPECT_EQ(store->resume_upload("o", digest, 5, 0).error().reason, "UPLOAD_BUSY");
  };
  disk.fails = true;
  EXPECT_FALSE(upload->finish());
  EXPECT_EQ(looks, 1);
  EXPECT_FALSE(store->uploaded("o", digest, 5));

  upload.reset();
  disk.while_syncing = [] {};
  disk.fails = false;
  upload = store->resume_upload("o", digest, 5, 0).value();
  ASSERT_TRUE(upload->write("hello"));
  ASSERT_TRUE(upload->finish()->complete);
  EXPECT_TRUE(store->upload_state("o", digest, 5)->complete) << "while its writer still stands";
  EXPECT_TRUE(store->uploaded("o", digest, 5));
}

TEST_F(ContentFiles, UnfinishedUploadsCountAgainstTheQuotaAfterARestart) {
  ContentOptions options;
  options.upload_quota = 200'000;
  auto store = FileContentStore::open(folder_.path(), options).value();
  ASSERT_TRUE(store->resume_upload("o", Sha256::of("a"), 130'000, 0));
  store.reset();
  std::ofstream(folder_.path() + "/uploads/not ours.part") << "x";  // files of others are left alone
  store = FileContentStore::open(folder_.path(), options).value();
  EXPECT_EQ(store->resume_upload("o", Sha256::of("b"), 80'000, 0).error().code,
            ErrorCode::resource_exhausted);
  EXPECT_TRUE(store->resume_upload("o", Sha256::of("a"), 130'000, 0));
}

TEST_F(ContentFiles, CompleteUploadsThatNoMessageUsesCountAfterARestart) {
  ContentOptions options;
  options.upload_quota = 2 * UploadLedger::kLeastCounted;
  auto store = FileContentStore::open(folder_.path(), options).value();
  std::string used;
  for (const std::string bytes : {"used", "unused"}) {
    auto upload = store->resume_upload("o", Sha256::of(bytes), bytes.size(), 0).value();
    ASSERT_TRUE(upload->write(bytes));
    ASSERT_TRUE(upload->finish()->complete);
    if (bytes == "used") used = store->uploaded("o", Sha256::of(bytes), bytes.size())->container;
  }
  store.reset();
  store = FileContentStore::open(folder_.path(), options).value();
  ASSERT_TRUE(store->count_unused([&](const std::string& name) { return name == used; }));
  EXPECT_TRUE(store->resume_upload("o", Sha256::of("one"), 1, 0));
  EXPECT_EQ(store->resume_upload("o", Sha256::of("two"), 1, 0).error().reason, "UPLOAD_QUOTA");
}

TEST_F(ContentFiles, OneProcessAFolder) {
  const auto store = open();
  EXPECT_EQ(FileContentStore::open(folder_.path()).error().reason, "FOLDER_IN_USE");
}

TEST_F(ContentFiles, ManySegmentsAreReadThroughFewDescriptors) {
  ContentOptions options;
  options.segment_bytes = 1;
  options.open_files = 3;
  const auto store = FileContentStore::open(folder_.path(), options).value();
  std::vector<exchange::ContentLocation> locations;
  for (int i = 0; i < 20; ++i) locations.push_back(store->append("content " + std::to_string(i)).value());
  ASSERT_TRUE(store->flush());  // lets go of the segments that are full
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(store->read(locations[static_cast<std::size_t>(i)], 0, 99).value(),
              "content " + std::to_string(i));
  const auto in_segments = [&] {
    int count = 0;
    for (const auto& link : fs::directory_iterator("/proc/self/fd")) {
      std::error_code gone;
      if (fs::read_symlink(link.path(), gone).string().starts_with(folder_.path() + "/segments")) ++count;
    }
    return count;
  };
  EXPECT_LE(in_segments(), 4);  // three for reading, one being filled
}

}  // namespace
}  // namespace tram::store
