// Exchange.ListInbox.
#include <tram/v1/exchange.grpc.pb.h>

#include "tests/transport/fixtures.h"

namespace tram::transport::test {
namespace {

class InboxListTest : public ServerTest {
 protected:
  v1::ListInboxResponse list(std::uint32_t limit, const std::string& token = "") {
    v1::ListInboxResponse response;
    const grpc::Status status = ask(limit, token, "clients/H52.01", response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  Error refused(std::uint32_t limit, const std::string& token, const std::string& client = "clients/H52.01") {
    v1::ListInboxResponse response;
    return error_of(ask(limit, token, client, response));
  }
  static std::vector<std::string> ids(const v1::ListInboxResponse& response) {
    std::vector<std::string> out;
    for (const v1::WaitingDelivery& one : response.deliveries()) out.push_back(one.key().id());
    return out;
  }

 private:
  grpc::Status ask(std::uint32_t limit, const std::string& token, const std::string& client,
                   v1::ListInboxResponse& response) {
    v1::ListInboxRequest request;
    request.set_limit(limit);
    request.set_page_token(token);
    grpc::ClientContext context;
    return v1::Exchange::NewStub(channel(client))->ListInbox(&context, request, &response);
  }
};

using Ids = std::vector<std::string>;

TEST_F(InboxListTest, ShowsWhatWaitsInTheCallersOwnInbox) {
  const v1::ListInboxResponse all = list(0);
  EXPECT_EQ(all.agency(), "H52.01");
  EXPECT_EQ(all.inbox(), "default");
  EXPECT_EQ(ids(all), (Ids{"m1", "m2", "m3", "m4", "m5"}));
  EXPECT_EQ(all.next_page_token(), "");
  const v1::WaitingDelivery& first = all.deliveries(0);
  EXPECT_EQ(first.delivery_id(), "G09.02/m1/H52.01");
  EXPECT_EQ(first.key().sender(), "G09.02");
  EXPECT_EQ(first.kind(), v1::MESSAGE_KIND_DISPATCH);
  EXPECT_EQ(first.priority(), v1::PRIORITY_URGENT);
  EXPECT_EQ(first.arrived_at(), "2023-11-14T22:13:20.000000Z");
  EXPECT_FALSE(first.redelivered() || first.claimed());
  EXPECT_EQ(all.deliveries(1).kind(), v1::MESSAGE_KIND_STATUS);
  EXPECT_TRUE(all.deliveries(2).redelivered());
  EXPECT_TRUE(all.deliveries(3).claimed());
}

TEST_F(InboxListTest, PagesJoinWithoutGapOrOverlap) {
  const v1::ListInboxResponse first = list(2);
  EXPECT_EQ(ids(first), (Ids{"m1", "m2"}));
  const v1::ListInboxResponse second = list(2, first.next_page_token());
  EXPECT_EQ(ids(second), (Ids{"m3", "m4"}));
  const v1::ListInboxResponse third = list(2, second.next_page_token());
  EXPECT_EQ(ids(third), (Ids{"m5"}));
  EXPECT_EQ(third.next_page_token(), "");
  EXPECT_EQ(list(5).next_page_token(), "") << "a page that is just full is the last";
}

TEST_F(InboxListTest, WrongLimitsAndTokensAreNamed) {
  EXPECT_EQ(refused(1001, "").field, "limit");
  for (const char* token : {"x", "1", "1.", ".1", "1.x", "5.1", "-1.1", "1.-1", "1.1.1", " 1.1", "1.1 ",
                            "1.99999999999999999999"}) {
    const Error error = refused(10, token);
    EXPECT_EQ(error.code, ErrorCode::invalid_argument) << token;
    EXPECT_EQ(error.field, "page_token") << token;
    EXPECT_FALSE(error.remedy.empty()) << token;
  }
}

TEST_F(InboxListTest, IsForAgenciesAlone) {
  EXPECT_EQ(refused(10, "", "clients/sonla-operator").reason, "ROLE_MISSING");
  EXPECT_EQ(refused(10, "", "clients/sonla-auditor").reason, "ROLE_MISSING");
  EXPECT_EQ(refused(10, "", "nodes/truc").reason, "ROLE_MISSING");
  EXPECT_EQ(refused(10, "", "clients/stranger").reason, "NOT_REGISTERED");
}

}  // namespace
}  // namespace tram::transport::test
