#include "store/recent_messages.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace tram::store {
namespace {

using exchange::MessageRow;
using exchange::StoredMessage;

RecentMessages::Message message(int row, std::size_t header = 0) {
  auto out = std::make_shared<StoredMessage>();
  out->row = MessageRow(row);
  out->key = {AgencyCode::parse("H52.01").value(), MessageId("m" + std::to_string(row))};
  out->header = std::string(header, 'h');
  return out;
}

TEST(RecentMessages, AreFoundByRowAndByKey) {
  RecentMessages recent(1 << 20);
  const auto one = message(1);
  recent.add(one);
  recent.add(message(2));
  EXPECT_EQ(recent.get(MessageRow(1)), one);
  EXPECT_EQ(recent.get(one->key), one);
  EXPECT_EQ(recent.get(MessageRow(3)), nullptr);
  EXPECT_EQ(recent.get(message(3)->key), nullptr);
}

TEST(RecentMessages, WhatChangesIsForgotten) {
  RecentMessages recent(1 << 20);
  recent.add(message(1));
  recent.add(message(2));
  recent.forget(MessageRow(1));
  recent.forget(MessageRow(7));  // never was in it
  EXPECT_EQ(recent.get(MessageRow(1)), nullptr);
  EXPECT_EQ(recent.get(message(1)->key), nullptr);
  EXPECT_NE(recent.get(MessageRow(2)), nullptr);
  recent.add(message(1));
  EXPECT_NE(recent.get(MessageRow(1)), nullptr);
}

TEST(RecentMessages, TheOldestMakeRoom) {
  RecentMessages recent(100'000);
  for (int row = 1; row <= 100; ++row) {
    recent.add(message(row, 9'000));
    EXPECT_LE(recent.size(), 100'000U);
  }
  EXPECT_EQ(recent.get(MessageRow(90)), nullptr);
  EXPECT_NE(recent.get(MessageRow(100)), nullptr);
  EXPECT_NE(recent.get(message(95)->key), nullptr);
  recent.add(message(101, 200'000));  // alone too large
  EXPECT_EQ(recent.size(), 0U);
}

}  // namespace
}  // namespace tram::store
