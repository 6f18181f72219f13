// Migrations.
#include "store/sqlite/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "store/memory/memory_content_store.h"
#include "store/sqlite/sqlite_message_store.h"
#include "tests/contract/temporary_folder.h"

namespace tram::store {
namespace {

constexpr Migration kFirst{"CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1)"};
constexpr Migration kSecond{"ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1"};
constexpr Migration kBroken{"UPDATE a SET x = 99; INSERT INTO nowhere VALUES (1)"};

std::int64_t number(Database& database, const char* sql) {
  Query query = database.query(sql);
  return query.next() ? query.integer(0) : -1;
}

class SchemaTest : public testing::Test {
 protected:
  contract::TemporaryFolder folder_;
  Database database_ = Database::open(folder_.path() + "/messages.db").value();
};

TEST_F(SchemaTest, MissingMigrationsAreAppliedInOrderOnce) {
  const std::vector<Migration> one{kFirst};
  const std::vector<Migration> two{kFirst, kSecond};
  ASSERT_TRUE(migrate(database_, one));
  ASSERT_TRUE(migrate(database_, two));
  ASSERT_TRUE(migrate(database_, two));
  EXPECT_EQ(number(database_, "SELECT y FROM a"), 2);
  EXPECT_EQ(number(database_, "SELECT count(*) FROM a"), 1);
  EXPECT_EQ(number(database_, "PRAGMA user_version"), 2);
}

TEST_F(SchemaTest, AMigrationThatFailsChangesNothing) {
  const std::vector<Migration> list{kFirst, kBroken};
  EXPECT_FALSE(migrate(database_, list));
  EXPECT_EQ(number(database_, "SELECT x FROM a"), 1);
  EXPECT_EQ(number(database_, "PRAGMA user_version"), 1);
}

TEST_F(SchemaTest, ANewerSchemaIsRefusedWithARemedy) {
  database_.execute("PRAGMA user_version = 1000");
  MemoryContentStore contents(std::make_shared<MemoryContentDisk>());
  const auto opened = SqliteMessageStore::open(folder_.path(), {contents, {}});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, "STORE_TOO_NEW");
  EXPECT_THAT(opened.error().message, testing::HasSubstr("1000"));
  EXPECT_FALSE(opened.error().remedy.empty());
  EXPECT_EQ(number(database_, "PRAGMA user_version"), 1000);
}

// An upgrade of a store that version 1 wrote.
class UpgradeTest : public SchemaTest {
 protected:
  UpgradeTest() {
    std::ifstream fixture(std::string(TRAM_SOURCE_DIR) + "/tests/store/data/version-1.sql");
    std::stringstream sql;
    sql << fixture.rdbuf();
    database_.execute(sql.str().c_str());
  }
  Result<std::unique_ptr<SqliteMessageStore>> open(const std::string& folder) {
    SqliteOptions options{contents_, {}};
    options.on_schema_copy = [this](const SchemaCopy& copy) {
      EXPECT_EQ(number(database_, "PRAGMA user_version"), 1) << "told before anything changes";
      copies_.push_back(copy);
      return told_;
    };
    return SqliteMessageStore::open(folder, std::move(options));
  }
  [[nodiscard]] std::string copy() const { return folder_.path() + "/schema-1/messages.db"; }

  MemoryContentStore contents_{std::make_shared<MemoryContentDisk>()};
  std::vector<SchemaCopy> copies_;
  Result<void> told_;
};

TEST_F(UpgradeTest, CopiesTheDatabaseBeforeItChanges) {
  ASSERT_TRUE(open(folder_.path()));
  EXPECT_GT(number(database_, "PRAGMA user_version"), 1);
  ASSERT_EQ(copies_.size(), 1U);
  EXPECT_EQ(copies_[0].folder, folder_.path() + "/schema-1");
  EXPECT_EQ(copies_[0].version, 1);
  EXPECT_EQ(copies_[0].log_size, 2U);
  Database copied = Database::open(copy()).value();
  EXPECT_EQ(number(copied, "PRAGMA user_version"), 1);
  EXPECT_EQ(number(copied, "SELECT count(*) FROM message"), 2);
  EXPECT_EQ(number(copied, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
  EXPECT_EQ(number(copied, "PRAGMA page_size"), number(database_, "PRAGMA page_size"));
  ASSERT_TRUE(open(folder_.path())) << "the next start has nothing to copy";
  EXPECT_EQ(copies_.size(), 1U);
}

TEST_F(UpgradeTest, ACopyThatWasBrokenOffIsMadeAnew) {
  std::filesystem::create_directories(folder_.path() + "/schema-1");
  std::ofstream(copy()) << "an older copy";
  std::ofstream(copy() + ".unfinished") << "half";
  ASSERT_TRUE(open(folder_.path()));
  Database copied = Database::open(copy()).value();
  EXPECT_EQ(number(copied, "SELECT count(*) FROM message"), 2);
  EXPECT_FALSE(std::filesystem::exists(copy() + ".unfinished"));
}

TEST_F(UpgradeTest, ACopyThatNobodyCouldUseChangesNothing) {
  told_ = failure(ErrorCode::internal, "FOLDER_UNUSABLE", "what belongs beside it was not written");
  EXPECT_EQ(open(folder_.path()).error().reason, "FOLDER_UNUSABLE");
  EXPECT_EQ(number(database_, "PRAGMA user_version"), 1);
  told_ = {};
  EXPECT_TRUE(open(folder_.path()));
}

TEST_F(UpgradeTest, WithoutACopyNothingChanges) {
  std::ofstream(folder_.path() + "/schema-1") << "a file where the folder should be";
  const auto opened = open(folder_.path());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, "STORE_COPY_FAILED");
  EXPECT_THAT(opened.error().remedy, testing::HasSubstr("nothing was changed"));
  EXPECT_EQ(number(database_, "PRAGMA user_version"), 1);
  EXPECT_EQ(copies_.size(), 0U);
}

TEST_F(UpgradeTest, TheCopyOpensInThePlaceOfWhatCameAfterIt) {
  ASSERT_TRUE(open(folder_.path()));
  contract::TemporaryFolder back;
  std::filesystem::copy(copy(), back.path() + "/messages.db");
  const auto opened = SqliteMessageStore::open(back.path(), {contents_, {}});
  ASSERT_TRUE(opened) << opened.error().text();
  EXPECT_TRUE((*opened)->find({AgencyCode::parse("H52.01").value(), MessageId("m1")}));
}

TEST_F(SchemaTest, AStoreOfVersion1IsRead) {
  std::ifstream fixture(std::string(TRAM_SOURCE_DIR) + "/tests/store/data/version-1.sql");
  std::stringstream sql;
  sql << fixture.rdbuf();
  database_.execute(sql.str().c_str());
  MemoryContentStore contents(std::make_shared<MemoryContentDisk>());
  const auto opened = SqliteMessageStore::open(folder_.path(), {contents, {}});
  ASSERT_TRUE(opened) << opened.error().text();
  auto& store = **opened;
  const MessageKey key{AgencyCode::parse("H52.01").value(), MessageId("m1")};
  const auto known = store.find(key);
  ASSERT_TRUE(known);
  const auto message = store.load(known->row).value();
  EXPECT_EQ(message.header, "header of m1");
  EXPECT_EQ(message.contents.at(0), (exchange::ContentLocation{"s-0000000001", 10, 20}));
  EXPECT_EQ(store.recipients(known->row).at(0).state, RecipientState::relayed);
  EXPECT_EQ(store.claim_outgoing("axis", {}, "owner", 9).at(0).attempts, 4U);
  EXPECT_TRUE(
      store.claim_inbox(AgencyCode::parse("H52.05").value(), "default", "owner", 9).at(0).redelivered);
  EXPECT_EQ(store.log_size(), 2U);
  EXPECT_EQ(store.receipt_cursor(), 1U);
  EXPECT_EQ(store.receipts_of(known->row).at(0).proof.record, "their record");
  EXPECT_EQ(store.latest_checkpoint("log/h52"), "note");
  EXPECT_EQ(store.registry().at(0).system, "qlvb-01");
  EXPECT_EQ(store.statuses_of({AgencyCode::parse("G09.02").value(), MessageId("m0")}, 9).at(0).key.id.text(),
            "s1");
  EXPECT_EQ(store.counts().messages, 2U);
  EXPECT_EQ(store.retention().use_of("s-0000000001").bytes, 40U);  // both messages' contents
  EXPECT_EQ(store.retention().users_of("s-0000000001", exchange::MessageRow(0), 9).at(0), known->row);
}

}  // namespace
}  // namespace tram::store
