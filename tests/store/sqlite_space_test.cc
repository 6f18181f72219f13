// The file of a SQLite store gives back what pruning left over.
#include <filesystem>

#include "store/sqlite/database.h"
#include "tests/store/sqlite_store_test.h"

namespace tram::store {
namespace {

using namespace exchange;

class SqliteSpace : public SqliteStoreTest {
 protected:
  SqliteSpace() { open(); }
  [[nodiscard]] std::uint64_t size(const std::string& ending = "") const {
    return std::filesystem::file_size(folder_.path() + "/messages.db" + ending);
  }
  std::vector<MessageRow> add(int count) {
    std::vector<MessageRow> rows;
    commit([&](Transaction& transaction) {
      for (int i = 0; i < count; ++i) {
        StoredMessage message;
        message.key = {AgencyCode::parse("H52.01").value(), MessageId("m" + std::to_string(i))};
        message.header = Bytes(2000, 'h');
        message.contents = {{"s-1", 0, 10}};
        rows.push_back(transaction.insert(message));
      }
    });
    return rows;
  }
};

TEST_F(SqliteSpace, PrunedSpaceIsGivenBackInSteps) {
  const auto rows = add(2000);
  commit([](Transaction& transaction) { transaction.pruning().empty_write_ahead(); });
  const auto full = size();
  EXPECT_EQ(size("-wal"), 0U);
  commit([&](Transaction& transaction) {
    for (const MessageRow row : rows) transaction.pruning().remove_message(row);
  });
  std::size_t steps = 0;
  for (std::size_t given = 64; given > 0; ++steps) {
    commit([&](Transaction& transaction) { given = transaction.pruning().give_back(64); });
    EXPECT_LE(given, 64U);
  }
  EXPECT_GT(steps, 5U);  // each of them is small
  commit([](Transaction& transaction) { transaction.pruning().empty_write_ahead(); });
  EXPECT_LT(size(), full / 10);
  EXPECT_EQ(size("-wal"), 0U);
  open();
  EXPECT_EQ(store_->counts().messages, 0U);
  EXPECT_EQ(add(10).size(), 10U);
  EXPECT_EQ(store_->retention().use_of("s-1").bytes, 100U);
}

TEST_F(SqliteSpace, WhoReadsIsNotWaitedFor) {
  add(100);
  auto reader = Database::open(folder_.path() + "/messages.db").value();
  reader.execute("BEGIN");
  {
    Query query = reader.query("SELECT count(*) FROM message");
    ASSERT_TRUE(query.next());
  }
  commit([](Transaction& transaction) { transaction.pruning().remove_message(MessageRow(1)); });
  const auto before = std::chrono::steady_clock::now();
  commit([](Transaction& transaction) { transaction.pruning().empty_write_ahead(); });
  commit([](Transaction&) {});  // after the attempt
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
  EXPECT_GT(size("-wal"), 0U);
  {
    Query query = reader.query("SELECT count(*) FROM message");
    ASSERT_TRUE(query.next());
    EXPECT_EQ(query.integer(0), 100);  // as it was when the reader began
  }
}

}  // namespace
}  // namespace tram::store
