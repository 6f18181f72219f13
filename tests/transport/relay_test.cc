// Relay.Exchange as a peer sees it that does not keep the rules.
#include <tram/v1/relay.grpc.pb.h>

#include "tests/transport/fixtures.h"
#include "transport/limits.h"

namespace tram::transport::test {
namespace {

class RelayTest : public ServerTest {
 protected:
  RelayTest() : stream_(v1::Relay::NewStub(channel("nodes/truc"))->Exchange(&context_)) {}
  ~RelayTest() override { context_.TryCancel(); }

  static v1::RelayFrame hello(std::uint32_t lowest = 1, std::uint32_t highest = 1) {
    v1::RelayFrame frame;
    frame.mutable_hello()->set_node("G22");
    frame.mutable_hello()->set_min_version(lowest);
    frame.mutable_hello()->set_max_version(highest);
    return frame;
  }
  static v1::RelayFrame batch(std::uint64_t number) {
    v1::RelayFrame frame;
    frame.mutable_batch()->set_number(number);
    auto& message = *frame.mutable_batch()->add_items()->mutable_message();
    message.set_header("h");
    message.set_certificate_sha256(std::string(32, 'c'));
    message.add_recipients("H52.01");
    return frame;
  }
  void greet() {
    ASSERT_TRUE(stream_->Write(hello()));
    ASSERT_TRUE(next().has_hello());
  }
  v1::RelayAnswer next() {
    v1::RelayAnswer answer;
    if (!stream_->Read(&answer)) ADD_FAILURE() << stream_->Finish().error_message();
    return answer;
  }
  Error end() {
    v1::RelayAnswer answer;
    EXPECT_FALSE(stream_->Read(&answer)) << answer.ShortDebugString();
    return error_of(stream_->Finish());
  }

  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::RelayFrame, v1::RelayAnswer>> stream_;
};

TEST_F(RelayTest, VersionsMustMeetAndTheErrorNamesBothRanges) {
  ASSERT_TRUE(stream_->Write(hello(3, 4)));
  const Error error = end();
  EXPECT_EQ(error.code, ErrorCode::failed_precondition);
  EXPECT_EQ(error.reason, "VERSION_UNSUPPORTED");
  EXPECT_EQ(error.message, "the peer speaks relay versions 3 to 4, this node 1");
  EXPECT_FALSE(error.remedy.empty());
}

TEST_F(RelayTest, ARangeThatIsNoneIsRefused) {
  ASSERT_TRUE(stream_->Write(hello(2, 1)));
  EXPECT_EQ(end().reason, "VERSION_UNSUPPORTED");
}

TEST_F(RelayTest, ANewerNodeThatStillSpeaksVersion1IsWelcome) {
  ASSERT_TRUE(stream_->Write(hello(1, 2)));
  EXPECT_EQ(next().hello().max_version(), 1U);
  ASSERT_TRUE(stream_->Write(batch(1)));
  node_.batches.take().answer({{exchange::HopResult::accepted, {}}});
  EXPECT_EQ(next().outcome().number(), 1U);
}

TEST_F(RelayTest, TheHelloComesFirst) {
  ASSERT_TRUE(stream_->Write(batch(1)));
  EXPECT_EQ(end().reason, "ORDER");
}

TEST_F(RelayTest, GarbageEndsTheStream) {
  greet();
  ASSERT_TRUE(stream_->Write(v1::RelayFrame()));
  EXPECT_EQ(end().code, ErrorCode::invalid_argument);
}

TEST_F(RelayTest, TooManyOrTooLargeCertificatesEndTheStream) {
  greet();
  v1::RelayFrame frame;
  for (int i = 0; i <= kMaxCertificates; ++i) frame.mutable_certificates()->add_der("der");
  ASSERT_TRUE(stream_->Write(frame));
  EXPECT_EQ(end().reason, "TOO_MANY");
}

TEST_F(RelayTest, ABatchNumberInFlightTwiceEndsTheStream) {
  greet();
  ASSERT_TRUE(stream_->Write(batch(4)) && stream_->Write(batch(4)));
  EXPECT_EQ(end().reason, "BATCH_NUMBER");
}

TEST_F(RelayTest, AnItemThatCannotBeReadIsRefusedAndTheOthersGoOn) {
  greet();
  v1::RelayFrame frame = batch(1);
  frame.mutable_batch()->add_items()->mutable_message()->set_certificate_sha256("short");
  *frame.mutable_batch()->add_items() = frame.batch().items(0);
  ASSERT_TRUE(stream_->Write(frame));
  Arrived arrived = node_.batches.take();
  ASSERT_EQ(arrived.items.size(), 2U);
  arrived.answer({{exchange::HopResult::accepted, {}}, {exchange::HopResult::need_content, {}}});
  const v1::BatchOutcome outcome = next().outcome();
  ASSERT_EQ(outcome.outcomes_size(), 3);
  EXPECT_EQ(outcome.outcomes(0).result(), v1::ItemOutcome::RESULT_ACCEPTED);
  EXPECT_EQ(outcome.outcomes(1).result(), v1::ItemOutcome::RESULT_REFUSED);
  EXPECT_EQ(outcome.outcomes(2).result(), v1::ItemOutcome::RESULT_NEED_CONTENT);
}

TEST_F(RelayTest, ReadingStopsWhenTooManyBatchesAreInFlight) {
  greet();
  for (std::uint64_t i = 1; i <= kBatchesInFlight + 1; ++i) ASSERT_TRUE(stream_->Write(batch(i)));
  Arrived first = node_.batches.take();
  for (std::size_t i = 1; i < kBatchesInFlight; ++i) node_.batches.take();
  EXPECT_EQ(node_.batches.size(), 0U);
  first.answer({{exchange::HopResult::accepted, {}}});
  EXPECT_EQ(next().outcome().number(), 1U);
  EXPECT_EQ(node_.batches.take().items.size(), 1U);
}

TEST_F(RelayTest, ReadingStopsWhenTooManyItemsAreInFlight) {
  greet();
  v1::RelayFrame many = batch(1);
  while (many.batch().items_size() < static_cast<int>(kItemsInFlight))
    *many.mutable_batch()->add_items() = many.batch().items(0);
  ASSERT_TRUE(stream_->Write(many) && stream_->Write(batch(2)));
  const Arrived first = node_.batches.take();
  EXPECT_EQ(node_.batches.size(), 0U);
  first.answer({kItemsInFlight, {exchange::HopResult::accepted, {}}});
  EXPECT_EQ(next().outcome().number(), 1U);
  EXPECT_EQ(node_.batches.take().items.size(), 1U);
}

TEST_F(RelayTest, DrainingEndsTheStreamWhenAllIsAnswered) {
  greet();
  ASSERT_TRUE(stream_->Write(batch(1)));
  v1::RelayFrame draining;
  draining.set_draining(true);
  ASSERT_TRUE(stream_->Write(draining));
  node_.batches.take().answer({{exchange::HopResult::accepted, {}}});
  EXPECT_EQ(next().outcome().number(), 1U);
  v1::RelayAnswer answer;
  EXPECT_FALSE(stream_->Read(&answer));
  EXPECT_TRUE(stream_->Finish().ok());
}

}  // namespace
}  // namespace tram::transport::test
