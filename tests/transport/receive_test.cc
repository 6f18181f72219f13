// Exchange.Receive.
#include <tram/v1/exchange.grpc.pb.h>

#include "base/turn.h"
#include "tests/transport/fixtures.h"
#include "transport/limits.h"

namespace tram::transport::test {
namespace {

class ReceiveTest : public ServerTest {
 protected:
  ReceiveTest() : stub_(v1::Exchange::NewStub(narrow_channel())), stream_(stub_->Receive(&context_)) {}
  ~ReceiveTest() override { context_.TryCancel(); }

  std::shared_ptr<Inbox> open(std::uint32_t credits, bool waiting_only = false) {
    v1::ReceiveRequest request;
    request.mutable_open()->set_credits(credits);
    request.mutable_open()->set_from_the_waiting_only(waiting_only);
    EXPECT_TRUE(stream_->Write(request));
    return node_.inboxes.take();
  }
  void acknowledge(const std::string& id) {
    v1::ReceiveRequest request;
    request.set_acknowledge(id);
    EXPECT_TRUE(stream_->Write(request));
  }
  v1::ReceiveResponse next() {
    v1::ReceiveResponse response;
    if (!stream_->Read(&response)) ADD_FAILURE() << stream_->Finish().error_message();
    return response;
  }
  grpc::Status end() {
    v1::ReceiveResponse response;
    EXPECT_FALSE(stream_->Read(&response)) << response.ShortDebugString();
    return stream_->Finish();
  }
  // Whatever came before on this connection has had time to be read.
  void call_and_answer() {
    grpc::ClientContext context;
    v1::ListAgenciesResponse response;
    EXPECT_TRUE(stub_->ListAgencies(&context, {}, &response).ok());
  }
  static exchange::Delivery delivery(const std::string& id) {
    exchange::Delivery out;
    out.id = DeliveryId(id);
    out.recipient = code("H52.01");
    out.header = "the header";
    out.contents = {{false, "bytes"}, {true, ""}};
    return out;
  }

  // Takes no more than 64 KiB from who does not read.
  std::shared_ptr<grpc::Channel> narrow_channel() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    return channel("clients/H52.01", arguments);
  }

  grpc::ClientContext context_;
  std::unique_ptr<v1::Exchange::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ReceiveRequest, v1::ReceiveResponse>> stream_;
};

TEST_F(ReceiveTest, DeliversAndAcknowledges) {
  const auto inbox = open(3);
  EXPECT_EQ(inbox->credits.take(), 3U);
  inbox->events->deliver(delivery("d1"));
  const v1::ReceiveResponse delivered = next();
  EXPECT_EQ(delivered.delivery().delivery_id(), "d1");
  EXPECT_EQ(delivered.delivery().signed_().header(), "the header");
  EXPECT_EQ(delivered.delivery().contents(0).inline_(), "bytes");
  EXPECT_TRUE(delivered.delivery().contents(1).uploaded());
  acknowledge("d1");
  EXPECT_EQ(inbox->acknowledged.take(), "d1");
  inbox->events->acknowledged(DeliveryId("d1"));
  EXPECT_EQ(next().acknowledged(), "d1");
}

TEST_F(ReceiveTest, DeliveriesOfOneTurnGoTogetherToWhoAskedForIt) {
  v1::ReceiveRequest request;
  request.mutable_open()->set_credits(3);
  request.mutable_open()->set_together(true);
  ASSERT_TRUE(stream_->Write(request));
  const auto inbox = node_.inboxes.take();
  {
    const Turn turn;
    for (const char* id : {"d1", "d2", "d3"}) inbox->events->deliver(delivery(id));
  }
  const v1::ReceiveResponse frame = next();
  EXPECT_EQ(frame.delivery().delivery_id(), "d1");
  ASSERT_EQ(frame.more_size(), 2);
  EXPECT_EQ(frame.more(1).delivery().delivery_id(), "d3");
}

TEST_F(ReceiveTest, AFrameCarriesNoMoreThanItBears) {
  v1::ReceiveRequest request;
  request.mutable_open()->set_credits(3);
  request.mutable_open()->set_together(true);
  ASSERT_TRUE(stream_->Write(request));
  const auto inbox = node_.inboxes.take();
  exchange::Delivery large = delivery("d");
  large.contents = {{false, Bytes(kFrameBytes / 2, 'x')}};
  {
    const Turn turn;
    for (int i = 0; i < 3; ++i) inbox->events->deliver(large);
  }
  for (int i = 0; i < 3; ++i) EXPECT_EQ(next().more_size(), 0);
}

TEST_F(ReceiveTest, AcknowledgementsMayComeInOneFrame) {
  const auto inbox = open(3);
  EXPECT_EQ(inbox->credits.take(), 3U);
  v1::ReceiveRequest frame;
  frame.set_credits(2);
  frame.add_more()->set_acknowledge("d1");
  frame.add_more()->set_acknowledge("d2");
  ASSERT_TRUE(stream_->Write(frame));
  EXPECT_EQ(inbox->credits.take(), 2U);
  EXPECT_EQ(inbox->acknowledged.take(), "d1");
  EXPECT_EQ(inbox->acknowledged.take(), "d2");
}

TEST_F(ReceiveTest, CreditsReachTheNodeAFewAtATime) {
  const auto inbox = open(1000);
  EXPECT_EQ(inbox->credits.take(), kDeliveriesAhead);
  for (std::uint32_t i = 0; i < kDeliveriesAhead / 2; ++i) {
    EXPECT_EQ(inbox->credits.size(), 0U);
    inbox->events->deliver(delivery("d" + std::to_string(i)));
    next();
  }
  EXPECT_GE(inbox->credits.take(), kDeliveriesAhead / 2);
}

TEST_F(ReceiveTest, AClientThatDoesNotReadHoldsNoMoreThanItMay) {
  const auto inbox = open(1000);
  exchange::Delivery large = delivery("d");
  large.contents = {{false, Bytes(1 << 20, 'x')}};
  std::size_t delivered = 0;
  for (; inbox->events->has_room(); ++delivered) {
    ASSERT_LT(delivered, 64U);
    inbox->events->deliver(large);
  }
  EXPECT_EQ(inbox->resumed.size(), 0U);
  for (std::size_t i = 0; i < delivered; ++i) EXPECT_EQ(next().delivery().delivery_id(), "d");
  EXPECT_TRUE(inbox->resumed.take());
  EXPECT_TRUE(inbox->events->has_room());
}

TEST_F(ReceiveTest, AClientThatReadsNoAnswersIsNotReadOnAndOn) {
  const std::string long_id(2 << 20,
                            'd');  // its answer is more than a connection takes from who does not read
  const auto inbox = open(1);
  const auto acknowledge_and_answer = [&](const std::string& id) {
    acknowledge(id);
    inbox->events->acknowledged(DeliveryId(inbox->acknowledged.take()));
  };
  acknowledge_and_answer(long_id);
  for (std::size_t i = 1; i < kAcknowledgements; ++i) acknowledge_and_answer("d");
  acknowledge("one more");
  for (int i = 0; i < 20; ++i) call_and_answer();
  EXPECT_EQ(inbox->acknowledged.size(), 0U);
  EXPECT_EQ(next().acknowledged(), long_id);
  EXPECT_EQ(inbox->acknowledged.take(), "one more");
}

TEST_F(ReceiveTest, TheWaitingOnlyEndsWhenAllOfItIsAcknowledged) {
  const auto inbox = open(10, true);
  inbox->events->deliver(delivery("d1"));
  inbox->events->nothing_waiting();
  EXPECT_EQ(next().delivery().delivery_id(), "d1");
  EXPECT_TRUE(next().emptied());
  acknowledge("d1");
  EXPECT_EQ(inbox->acknowledged.take(), "d1");
  inbox->events->acknowledged(DeliveryId("d1"));
  EXPECT_EQ(next().acknowledged(), "d1");
  EXPECT_TRUE(end().ok());
  EXPECT_TRUE(inbox->closed.take());
}

TEST_F(ReceiveTest, TheWaitingOnlyOfAnEmptyInboxEndsAtOnceAndSaysSo) {
  open(10, true)->events->nothing_waiting();
  EXPECT_TRUE(next().emptied());
  EXPECT_TRUE(end().ok());
}

TEST_F(ReceiveTest, WithoutThatAnEmptyInboxKeepsTheStream) {
  const auto inbox = open(10);
  inbox->events->nothing_waiting();
  inbox->events->deliver(delivery("d1"));
  EXPECT_EQ(next().delivery().delivery_id(), "d1");
}

TEST_F(ReceiveTest, DrainingIsSaidOnceAndTheStreamEndsWithTheLastAcknowledgement) {
  const auto inbox = open(10);
  inbox->events->deliver(delivery("d1"));
  EXPECT_TRUE(next().has_delivery());
  server_->drain();
  inbox->events->draining();
  EXPECT_TRUE(next().draining());
  acknowledge("d1");
  EXPECT_EQ(inbox->acknowledged.take(), "d1");
  inbox->events->acknowledged(DeliveryId("d1"));
  EXPECT_EQ(next().acknowledged(), "d1");
  EXPECT_TRUE(end().ok());
}

TEST_F(ReceiveTest, HalfCloseWaitsForTheLastAcknowledgement) {
  const auto inbox = open(10);
  inbox->events->deliver(delivery("d1"));
  EXPECT_TRUE(next().has_delivery());
  acknowledge("d1");
  ASSERT_TRUE(stream_->WritesDone());
  EXPECT_EQ(inbox->acknowledged.take(), "d1");
  inbox->events->acknowledged(DeliveryId("d1"));
  EXPECT_EQ(next().acknowledged(), "d1");
  EXPECT_TRUE(end().ok());
}

TEST_F(ReceiveTest, TheNodeEndsTheStreamWithItsReason) {
  open(1)->events->ended(failure(ErrorCode::aborted, "CLAIM_LOST", "no longer this stream's"));
  EXPECT_EQ(error_of(end()).reason, "CLAIM_LOST");
}

TEST_F(ReceiveTest, AClientThatVanishesGivesItsClaimsBack) {
  const auto inbox = open(1);
  context_.TryCancel();
  EXPECT_TRUE(inbox->closed.take());
  inbox->events->deliver(delivery("late"));  // nobody is there any more
}

TEST_F(ReceiveTest, CreditsBeforeOpenAreRefused) {
  v1::ReceiveRequest request;
  request.set_credits(1);
  ASSERT_TRUE(stream_->Write(request));
  EXPECT_EQ(error_of(end()).reason, "ORDER");
}

}  // namespace
}  // namespace tram::transport::test
