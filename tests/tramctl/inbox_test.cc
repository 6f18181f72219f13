// What tramctl inbox prints.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "tramctl/commands.h"
#include "tramctl/inbox_text.h"

namespace tram::client {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

Waiting waiting_of(std::initializer_list<const char*> ids) {
  Waiting out{"H52.05", "default", {}, false};
  for (const char* id : ids) {
    v1::WaitingDelivery one;
    one.set_delivery_id(std::string("G09.02/") + id + "/H52.05");
    one.mutable_key()->set_sender("G09.02");
    one.mutable_key()->set_id(id);
    one.set_kind(v1::MESSAGE_KIND_DISPATCH);
    one.set_priority(v1::PRIORITY_EXPRESS);
    one.set_arrived_at("2026-11-24T11:20:00.000000Z");
    out.deliveries.push_back(std::move(one));
  }
  return out;
}

TEST(WaitingText, NamesInboxMessageKindPriorityAndState) {
  Waiting waiting = waiting_of({"a", "b", "c", "d"});
  waiting.deliveries[1].set_claimed(true);
  waiting.deliveries[1].set_kind(v1::MESSAGE_KIND_STATUS);
  waiting.deliveries[2].set_redelivered(true);
  const std::string text = waiting_text(waiting, {"G09.02/d/H52.05"});
  EXPECT_THAT(text, HasSubstr("4 waiting at the node for H52.05/default"));
  EXPECT_THAT(text, ContainsRegex("G09.02/a +document +hỏa tốc +waiting\n"));
  EXPECT_THAT(text, ContainsRegex("G09.02/b +status +hỏa tốc +being handed over\n"));
  EXPECT_THAT(text, ContainsRegex("G09.02/c .*waiting; may have been handed over before\n"));
  EXPECT_THAT(text, ContainsRegex("G09.02/d .*waiting; received here, not acknowledged$"));
  EXPECT_THAT(text, Not(HasSubstr("--limit")));
}

TEST(WaitingText, SaysThatMoreWaits) {
  Waiting waiting = waiting_of({"a"});
  waiting.more = true;
  const std::string text = waiting_text(waiting, {});
  EXPECT_THAT(text, HasSubstr("1 of those that wait at the node for H52.05/default"));
  EXPECT_THAT(text, HasSubstr("--limit 0"));
}

TEST(WaitingText, SaysThatNothingWaits) {
  EXPECT_EQ(waiting_text(waiting_of({}), {}), "nothing waits at the node for H52.05/default");
}

TEST(WaitingText, ShowsNoTerminalEscapes) {
  Waiting waiting = waiting_of({"a"});
  waiting.deliveries[0].mutable_key()->set_id("a\x1b[31m\n");
  waiting.inbox = "x\x1b]0;";
  EXPECT_THAT(waiting_text(waiting, {}), Not(HasSubstr("\x1b")));
}

TEST(InboxJson, TellsWhatWaitsFromWhatWasReceived) {
  EXPECT_EQ(boost::json::serialize(waiting_json(waiting_of({"a"}).deliveries[0], true)),
            R"({"place":"node","delivery_id":"G09.02/a/H52.05","sender":"G09.02","id":"a","kind":"dispatch",)"
            R"("priority":3,"arrived_at":"2026-11-24T11:20:00.000000Z","redelivered":false,"claimed":false,)"
            R"("received_here":true})");
  Received entry;
  entry.delivery_id = "d";
  entry.kind = MessageKind::status;
  const boost::json::object received = received_json(entry, true);
  EXPECT_EQ(received.at("place"), "folder");
  EXPECT_EQ(received.at("kind"), "status");
  EXPECT_EQ(received.at("acknowledged"), true);
}

TEST(InboxCommand, LocalNeedsAFolder) {
  const GlobalOptions globals;
  Context context(globals);
  InboxOptions options;
  options.local = true;
  const auto refused = inbox(context, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "--local");
  EXPECT_THAT(refused.error().remedy, HasSubstr("--dir"));
}

}  // namespace
}  // namespace tram::client
