// Quotas: what one system sends too much of is put off before anything is promised; what is urgent is not.
#include "exchange/quota.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

using exchange::Quota;
using exchange::QuotaBook;
using testing::HasSubstr;
using namespace std::chrono_literals;

class Quotas : public testing::Test {
 protected:
  Quotas() {
    settings_.each = {60, 1000};
    settings_.of[{code("H52.01"), "large"}] = {600, 1000};
    settings_.of[{code("H52.02"), ""}] = {6, 1000};
  }
  static exchange::Identity system(const std::string& agency, const std::string& name = "qlvb") {
    exchange::Identity who;
    who.agency = code(agency);
    who.system = name;
    return who;
  }
  /// How many of so many are admitted; none is in flight afterwards.
  int admitted(const exchange::Identity& who, int count, int priority = 0) {
    int out = 0;
    for (int i = 0; i < count; ++i) out += book_.admit(who, 0, [&] { return priority; }) ? 1 : 0;
    return out;
  }
  Error refused(const exchange::Identity& who, std::uint64_t bytes, int priority = 0) {
    const auto ticket = book_.admit(who, bytes, [&] { return priority; });
    return ticket ? Error() : ticket.error();
  }

  exchange::QuotaSettings settings_;
  World world_{1};
  HistoryObserver observer_{world_, "H52"};
  QuotaBook book_{settings_, world_, observer_};
};

TEST_F(Quotas, AMinutesDocumentsMayComeAtOnceThenEvenly) {
  const auto who = system("H52.01");
  EXPECT_EQ(admitted(who, 100), 60);
  world_.run_for(10s);
  EXPECT_EQ(admitted(who, 100), 10);
  world_.run_for(1h);
  EXPECT_EQ(admitted(who, 100), 60);
}

TEST_F(Quotas, TheErrorSaysHowLongToWaitAndThatHolds) {
  const auto who = system("H52.02");
  EXPECT_EQ(admitted(who, 6), 6);
  const Error error = refused(who, 0);
  EXPECT_EQ(error.code, ErrorCode::resource_exhausted);
  EXPECT_EQ(error.reason, "QUOTA_DOCUMENTS");
  EXPECT_THAT(error.message, HasSubstr("more than 6 documents a minute"));
  EXPECT_FALSE(error.remedy.empty());
  EXPECT_GT(error.retry_after, 9s);
  EXPECT_LE(error.retry_after, 10s + 1ms);
  world_.run_for(error.retry_after);
  EXPECT_EQ(admitted(who, 2), 1);
}

TEST_F(Quotas, EachSystemHasItsOwn) {
  EXPECT_EQ(admitted(system("H52.01"), 100), 60);
  EXPECT_EQ(admitted(system("H52.01", "mot-cua"), 100), 60);
  EXPECT_EQ(admitted(system("H52.05"), 100), 60);
  EXPECT_EQ(admitted(system("H52.01", "large"), 1000), 600);
  EXPECT_EQ(admitted(system("H52.02", "any"), 100), 6);
}

TEST_F(Quotas, WhatIsUrgentHasAReserveThatBulkCannotTouch) {
  const auto who = system("H52.01", "large");
  EXPECT_EQ(admitted(who, 1000), 600);
  EXPECT_EQ(admitted(who, 10, 2), 0);
  EXPECT_EQ(admitted(who, 100, 3), 60);
  EXPECT_EQ(refused(who, 0, 4).reason, "QUOTA_DOCUMENTS");
  world_.run_for(1s);  // ten of the bulk's, one of the reserve's
  EXPECT_EQ(admitted(who, 100), 10);
  EXPECT_EQ(admitted(who, 100, 4), 1);
}

TEST_F(Quotas, BytesInFlightAreBoundedUntilTheyAreAnswered) {
  const auto who = system("H52.01");
  auto first = book_.admit(who, 600, [] { return 0; });
  ASSERT_TRUE(first);
  const Error error = refused(who, 500);
  EXPECT_EQ(error.reason, "QUOTA_BYTES");
  EXPECT_THAT(error.message, HasSubstr("600 bytes in flight, its quota is 1000"));
  EXPECT_GE(error.retry_after, 200ms);
  EXPECT_EQ(refused(who, 400).reason, "");
  EXPECT_EQ(refused(who, 600, 3).reason, "");
  EXPECT_EQ(refused(who, 700, 3).reason, "QUOTA_BYTES");
  first->reset();
  EXPECT_EQ(refused(who, 500).reason, "");
}

TEST_F(Quotas, OneSubmissionIsNeverTooLarge) {
  const auto large = book_.admit(system("H52.01"), 5000, [] { return 0; });
  ASSERT_TRUE(large);
  EXPECT_EQ(refused(system("H52.01"), 1).reason, "QUOTA_BYTES");
}

TEST_F(Quotas, WhoIsOverItFillsNoLog) {
  const auto who = system("H52.01");
  EXPECT_EQ(admitted(who, 500), 60);
  EXPECT_EQ(observer_.notes().size(), 1U);
  EXPECT_THAT(observer_.notes()[0], HasSubstr("quota exceeded: H52.01/qlvb"));
  world_.run_for(11s);
  admitted(who, 500);
  EXPECT_EQ(observer_.notes().size(), 2U);
}

// Through the node: nothing is stored of what is put off, and sent again it is accepted.
class Sending : public OneNode, public testing::Test {
 protected:
  Sending() {
    h52.crash();
    h52.settings().quotas.each = {4, 1 << 20};
    h52.start();
    run();
  }
  Result<exchange::Acceptance> send(const std::string& id, Priority priority = Priority::routine) {
    Submission fields = dispatch("H52.01", id, {"H52.05"});
    fields.priority = priority;
    return submit(request(fields));
  }
};

TEST_F(Sending, BeyondItsQuotaIsPutOffAndNothingIsStored) {
  for (const char* id : {"a", "b", "c", "d"}) EXPECT_TRUE(send(id));
  const auto answer = send("e");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, "QUOTA_DOCUMENTS");
  EXPECT_FALSE(h52.messages().find({code("H52.01"), MessageId("e")}));
  EXPECT_TRUE(send("urgent", Priority::express)) << "the bulk holds it back";
  run(answer.error().retry_after);
  EXPECT_TRUE(send("e"));
}

TEST_F(Sending, ASignedDocumentThatIsUrgentHasTheReserveToo) {
  for (const char* id : {"a", "b", "c", "d"}) EXPECT_TRUE(send(id));
  const auto signed_request = [&](const std::string& id, Priority priority) {
    Submission fields = dispatch("H52.01", id, {"H52.05"});
    fields.priority = priority;
    exchange::SubmissionRequest out;
    out.submission = sign(fields, world.now(), seal_of(code("H52.01")));
    return out;
  };
  EXPECT_EQ(submit(signed_request("routine", Priority::routine)).error().reason, "QUOTA_DOCUMENTS");
  EXPECT_TRUE(submit(signed_request("urgent", Priority::express)));
}

}  // namespace
}  // namespace tram::sim
