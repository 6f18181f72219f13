#include "tests/bench/ledger.h"

#include <gtest/gtest.h>

#include "tests/bench/payload.h"

namespace tram::bench {
namespace {

TEST(Ledger, NoMoreIsInFlightThanIsAllowed) {
  Ledger ledger(2, 0, false);
  EXPECT_TRUE(ledger.try_next());
  EXPECT_TRUE(ledger.try_next());
  EXPECT_FALSE(ledger.try_next());
}

TEST(Ledger, ADocumentIsDoneWhenItIsBothAcceptedAndAcknowledgedInWhicheverOrder) {
  for (const bool accepted_first : {true, false}) {
    Ledger ledger(1, 0, false);
    const std::string id = ledger.try_next().value();
    const auto accept = [&] { ledger.answered(id, true, {}); };
    const auto acknowledge = [&] {
      EXPECT_TRUE(ledger.delivered(id, id, false));
      ledger.acknowledged(id);
    };
    accepted_first ? accept() : acknowledge();
    EXPECT_FALSE(ledger.try_next()) << "half done makes no room";
    accepted_first ? acknowledge() : accept();
    EXPECT_TRUE(ledger.try_next());
    const Ledger::Summary run = ledger.summary();
    EXPECT_EQ(run.delivered, 1U);
    EXPECT_EQ(run.lost, 0U);
  }
}

TEST(Ledger, ADocumentOfSeveralIsDoneWhenEachAcknowledgedItOnce) {
  Ledger ledger(1, 0, false, 2);
  const std::string id = ledger.try_next().value();
  ledger.answered(id, true, {});
  ledger.acknowledged(id, id + "/first");
  ledger.acknowledged(id, id + "/first");
  EXPECT_FALSE(ledger.try_next()) << "the same recipient twice is one of two";
  ledger.acknowledged(id, id + "/second");
  EXPECT_TRUE(ledger.try_next());
  EXPECT_EQ(ledger.summary().delivered, 1U);
}

TEST(Ledger, WhatIsAcceptedAndNeverAcknowledgedIsLost) {
  Ledger ledger(1, 0, false);
  const std::string id = ledger.try_next().value();
  ledger.answered(id, true, {});
  EXPECT_EQ(ledger.summary().lost, 1U);
}

TEST(Ledger, ASecondDeliveryThatDoesNotSaySoIsADuplicate) {
  Ledger ledger(1, 0, false);
  const std::string id = ledger.try_next().value();
  EXPECT_TRUE(ledger.delivered(id, id, false));
  EXPECT_FALSE(ledger.delivered(id, id, true));
  EXPECT_EQ(ledger.summary().duplicates, 0U);
  EXPECT_FALSE(ledger.delivered(id, id, false));
  EXPECT_EQ(ledger.summary().duplicates, 1U);
}

TEST(Ledger, IdsSortByTheRunAndThenByTheNumber) {
  using std::chrono::nanoseconds;
  constexpr nanoseconds kRun(1'795'976'449'780'309'341);
  EXPECT_EQ(id_of(kRun, 7), "1795976449780-0000000007-30934");
  EXPECT_EQ(number_of(id_of(kRun, 12'345)), 12'345U);
  EXPECT_LT(id_of(kRun, 9), id_of(kRun, 10));
  EXPECT_LT(id_of(kRun, 4'000'000'000), id_of(kRun + nanoseconds(1'000'000), 0));
}

TEST(Payload, HasItsIdInFrontAndTheSizeAskedFor) {
  Ledger ledger(1, 0, false);
  const std::string id = ledger.try_next().value();
  for (const std::uint64_t bytes : {1'000U, 70'000U, 1'000'000U}) {
    const std::string payload = payload_of(id, bytes);
    EXPECT_EQ(payload.size(), bytes);
    EXPECT_EQ(id_of_payload(payload), id);
    EXPECT_EQ(payload, payload_of(id, bytes));
  }
}

}  // namespace
}  // namespace tram::bench
