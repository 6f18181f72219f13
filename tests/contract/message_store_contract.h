// What every test of the message store's contract begins with.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "tests/contract/stores_under_test.h"

namespace tram::contract {

/// Text is known to be right.
[[nodiscard]] inline AgencyCode agency(const std::string& code) { return AgencyCode::parse(code).value(); }
[[nodiscard]] inline MessageKey key(const std::string& id, const std::string& sender = "H52.01") {
  return {agency(sender), MessageId(id)};
}

/// A message with every field set.
[[nodiscard]] exchange::StoredMessage message(const std::string& id);
[[nodiscard]] exchange::OutgoingItem outgoing(exchange::MessageRow message, const std::string& link = "axis",
                                              int priority = 0);
[[nodiscard]] exchange::InboxItem inbox(exchange::MessageRow message, const std::string& code = "H52.05",
                                        const std::string& name = "default", int priority = 0);

/// Commits one unit and waits for its answer.
Result<void> commit(exchange::MessageStore& store, exchange::UnitOfWork work, bool urgent = false);

/// The same, for what must succeed.
void committed(exchange::MessageStore& store, std::function<void(exchange::Transaction&)> work);

class MessageStoreContract : public testing::TestWithParam<MessageStoreKind> {
 protected:
  [[nodiscard]] exchange::MessageStore& store() { return under_test_->store(); }
  [[nodiscard]] MessageStoreUnderTest& under_test() { return *under_test_; }
  /// Stores a message of this id; its row.
  exchange::MessageRow add(const std::string& id);
  /// Stores a message and queues it; the queue's row.
  exchange::QueueRow send(const std::string& id, int priority = 0, const std::string& link = "axis");
  exchange::QueueRow deliver(const std::string& id, int priority = 0, const std::string& name = "default");

 private:
  std::unique_ptr<MessageStoreUnderTest> under_test_ = GetParam().make();
};

/// Holds the committer inside a unit, so that what is submitted meanwhile waits.
class HeldCommitter {
 public:
  explicit HeldCommitter(exchange::MessageStore& store);
  ~HeldCommitter() { release(); }
  void release();

 private:
  std::promise<void> entered_;
  std::promise<void> let_go_;
  bool held_ = true;
};

template <class Item>
std::vector<exchange::QueueRow> rows_of(const std::vector<Item>& items) {
  std::vector<exchange::QueueRow> rows;
  for (const auto& item : items) rows.push_back(item.row);
  return rows;
}

}  // namespace tram::contract
