// Damaged files: the store says so at the start or when it reads, and never answers something else.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>
#include <fstream>

#include "log/checkpoint.h"
#include "store/memory/memory_content_store.h"
#include "store/memory/memory_disk.h"
#include "store/sqlite/database.h"
#include "store/sqlite/sqlite_message_store.h"
#include "store/sqlite/write_ahead_check.h"
#include "tests/contract/message_store_contract.h"
#include "tests/contract/temporary_folder.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/store_workload.h"

namespace tram::store {
namespace {

using namespace exchange;
namespace fs = std::filesystem;

constexpr std::uint64_t kPage = 4096;  // as SqliteOptions has it

class Corruption : public testing::Test {
 protected:
  Result<std::unique_ptr<SqliteMessageStore>> open(const std::string& folder,
                                                   const std::string& origin = "") {
    SqliteOptions options{contents_, [this](const Error& error) { failures_.push_back(error); }};
    options.vfs = vfs_.name();
    options.origin = origin;
    return SqliteMessageStore::open(folder, options);
  }

  static void work(MessageStore& store, std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) static_cast<void>(contract::commit(store, workload()[i]));
  }

  /// What a kill leaves: the database and its WAL, without the shared memory.
  void leave_image() const {
    for (const char* file : {"/messages.db", "/messages.db-wal"})
      fs::copy_file(folder_.path() + file, image_.path() + file, fs::copy_options::overwrite_existing);
  }

  /// As a node does every 250 ms: the next start compares the log with it.
  static void sign_checkpoint(MessageStore& store) {
    const auto signer =
        log::NoteSigner::make("log/corruption", trust::Ed25519PrivateKey::generate().value()).value();
    const std::uint64_t size = store.log_size();
    const auto note =
        log::sign_checkpoint({"log/corruption", size, store.log_root(size).value(), ""}, signer).value();
    contract::committed(
        store, [&](Transaction& transaction) { transaction.put_checkpoint("log/corruption", size, note); });
  }

  static void flip(const std::string& path, std::uint64_t place) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(static_cast<std::streamoff>(place));
    const char byte = static_cast<char>(file.get() ^ 0x10);
    file.seekp(static_cast<std::streamoff>(place));
    file.put(byte);
  }

  const FaultVfs vfs_{nullptr};
  contract::TemporaryFolder folder_;
  contract::TemporaryFolder image_;
  MemoryContentStore contents_{std::make_shared<MemoryContentDisk>()};
  std::vector<Error> failures_;
};

// SQLite alone would drop the commits behind the damaged frame without a word.
TEST_F(Corruption, ADamagedWriteAheadFileTakesNothingBack) {
  const auto running = open(folder_.path()).value();
  work(*running, 0, 8);
  leave_image();
  const std::string wal = image_.path() + "/messages.db-wal";
  const std::string all = dump(folder_.path(), vfs_.name());
  ExpectedDumps expected;
  ASSERT_TRUE(all == expected.after({0, 1, 2, 3, 4, 6, 7}));  // unit 5 is refused by itself
  const std::uint64_t size = fs::file_size(wal);
  int refused = 0;
  for (std::uint64_t place = 3; place < size; place += size / 150) {
    SCOPED_TRACE("byte " + std::to_string(place) + " of " + std::to_string(size));
    leave_image();
    flip(wal, place);
    const auto opened = open(image_.path());
    if (!opened) {
      EXPECT_EQ(opened.error().code, ErrorCode::data_loss);
      EXPECT_EQ(opened.error().reason, "STORE_CORRUPT");
      ++refused;
      continue;
    }
    // In the last transaction: as a power cut before its sync.
    const std::string found = dump(image_.path(), vfs_.name());
    EXPECT_TRUE(found == all || found == expected.after({0, 1, 2, 3, 4, 6}));
  }
  EXPECT_GT(refused, 100);
}

TEST_F(Corruption, ATornWriteAheadFileIsNoDamage) {
  const auto running = open(folder_.path()).value();
  work(*running, 0, 8);
  leave_image();
  const std::string wal = image_.path() + "/messages.db-wal";
  for (std::uint64_t length = fs::file_size(wal); length > 40; length -= length / 9) {
    fs::resize_file(wal, length);
    EXPECT_TRUE(check_write_ahead(wal)) << length;
  }
  EXPECT_TRUE(check_write_ahead(image_.path() + "/nothing"));
}

TEST_F(Corruption, ADamagedPageIsFoundAtTheStartAfterAKill) {
  {
    const auto store = open(folder_.path()).value();
    work(*store, 0, workload().size());
  }
  const auto running = open(folder_.path()).value();
  sign_checkpoint(*running);
  const std::uint64_t entries = running->log_size();
  const Digest root = running->log_root(entries).value();
  const std::uint64_t pages = fs::file_size(folder_.path() + "/messages.db") / kPage;
  int refused = 0;
  for (std::uint64_t page = 0; page < pages; ++page) {
    SCOPED_TRACE("page " + std::to_string(page));
    leave_image();
    std::fstream file(image_.path() + "/messages.db", std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(page * kPage));
    file << std::string(kPage, '\0');
    file.close();
    const auto opened = open(image_.path(), "log/corruption");
    if (opened) {
      // It is free, or its bytes lay in the WAL, or it holds the middle of a long log record: that no longer
      // fits the log's root, which whoever reads its proof finds.
      EXPECT_EQ((*opened)->log_size(), entries);
      EXPECT_EQ((*opened)->log_root(entries).value(), root);
      EXPECT_FALSE(dump(image_.path(), vfs_.name()).starts_with("damaged"));
      continue;
    }
    EXPECT_EQ(opened.error().code, ErrorCode::data_loss) << opened.error().text();
    EXPECT_FALSE(opened.error().remedy.empty());
    ++refused;
  }
  EXPECT_GT(refused, 10);
}

TEST_F(Corruption, AHeaderIsAsStoredOrNotAnswered) {
  {
    const auto store = open(folder_.path()).value();
    work(*store, 0, 3);
  }
  std::ifstream file(folder_.path() + "/messages.db", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto place = bytes.find(R"({"id":"early-1"})");
  ASSERT_NE(place, std::string::npos);
  flip(folder_.path() + "/messages.db", place + 8);
  const auto store = open(folder_.path()).value();
  const auto known = store->find(contract::key("early-1"));
  ASSERT_TRUE(known);
  EXPECT_FALSE(store->load(known->row));
  ASSERT_EQ(failures_.size(), 1U);  // ends the process
  EXPECT_EQ(failures_.front().reason, "STORE_CORRUPT");
}

/// A mount over a path that cannot be written to.
class ReadOnlyMount {
 public:
  explicit ReadOnlyMount(std::string path) : path_(std::move(path)) {
    mounted_ = ::mount(path_.c_str(), path_.c_str(), "", MS_BIND, "") == 0;
    read_only_ = mounted_ && ::mount("", path_.c_str(), "", MS_REMOUNT | MS_BIND | MS_RDONLY, "") == 0;
  }
  ~ReadOnlyMount() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool is_read_only() const { return read_only_; }

 private:
  const std::string path_;
  bool mounted_ = false;
  bool read_only_ = false;
};

TEST_F(Corruption, AReadOnlyFolderIsRefusedClearly) {
  open(folder_.path()).value().reset();
  const ReadOnlyMount mount(folder_.path());
  if (!mount.is_read_only()) GTEST_SKIP() << "only root can mount";
  const auto opened = open(folder_.path());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, "FOLDER_UNUSABLE");
  EXPECT_NE(opened.error().text().find("Read-only"), std::string::npos) << opened.error().text();
}

TEST_F(Corruption, AReadOnlyDatabaseIsRefusedClearly) {
  open(folder_.path()).value().reset();
  const ReadOnlyMount mount(folder_.path() + "/messages.db");
  if (!mount.is_read_only()) GTEST_SKIP() << "only root can mount";
  const auto opened = open(folder_.path());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, "STORE_READ_ONLY");
}

}  // namespace
}  // namespace tram::store
