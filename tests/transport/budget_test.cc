// What calls may hold at once, and how many there may be.
#include "transport/budget.h"

#include <tram/v1/content.grpc.pb.h>
#include <tram/v1/exchange.grpc.pb.h>
#include <tram/v1/relay.grpc.pb.h>

#include <algorithm>
#include <list>
#include <vector>

#include "codec/status_proto.h"
#include "tests/transport/fixtures.h"
#include "transport/limits.h"

namespace tram::transport::test {
namespace {

constexpr std::size_t kMiB = 1 << 20;
constexpr int kStreams = 6;

TEST(Budget, GivesWhatIsThereAndTakesItBack) {
  const auto budget = std::make_shared<Budget>(10);
  Hold first = budget->take(5);
  EXPECT_TRUE(first);
  EXPECT_EQ(first.bytes(), 5U);
  EXPECT_FALSE(budget->tight());
  Hold second = budget->take(5);
  EXPECT_TRUE(second);
  EXPECT_TRUE(budget->tight());
  EXPECT_FALSE(budget->take(1));
  EXPECT_TRUE(budget->take(0));
  first = {};
  EXPECT_FALSE(budget->tight());
  EXPECT_FALSE(budget->take(6));
  EXPECT_TRUE(budget->take(5));
}

TEST(Budget, WhatIsThereAlreadyIsCountedBeyondIt) {
  const auto budget = std::make_shared<Budget>(10);
  Hold delivered = budget->take_anyway(30);
  EXPECT_FALSE(budget->take(1));
  Hold moved = std::move(delivered);
  EXPECT_EQ(delivered.bytes(), 0U);
  moved = {};
  EXPECT_TRUE(budget->take(10));
}

class BudgetTest : public ServerTest {
 protected:
  using SendStream = grpc::ClientReaderWriter<v1::SendRequest, v1::SendResponse>;
  using RelayStream = grpc::ClientReaderWriter<v1::RelayFrame, v1::RelayAnswer>;

  BudgetTest() {
    ServerOptions options = server_options();
    options.memory_bytes = 8 * kMiB;  // half of it for documents
    options.streams_per_certificate = kStreams;
    start(options);
    channel_ = narrow("clients/H52.01");
  }
  ~BudgetTest() override {
    for (auto& context : contexts_) context.TryCancel();
  }
  /// A stream on it takes no more than 64 KiB from the server before that is read.
  std::shared_ptr<grpc::Channel> narrow(const std::string& certificate) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    return channel(certificate, arguments);
  }
  std::unique_ptr<SendStream> open() {
    return v1::Exchange::NewStub(channel_)->Send(&contexts_.emplace_back());
  }
  static bool send(SendStream& stream, std::uint64_t number, std::size_t bytes = 9 * kMiB / 10) {
    v1::SendRequest request;
    request.set_request(number);
    request.mutable_signed_()->set_header("header");
    request.add_contents()->set_inline_(std::string(bytes, 'c'));
    return stream.Write(request);
  }
  /// Four streams hold one document each: 3.6 of 4 MiB.
  std::vector<Submitted> fill() {
    std::vector<Submitted> held;
    for (int i = 0; i < 4; ++i) {
      filling_.push_back(open());
      EXPECT_TRUE(send(*filling_.back(), 1));
      held.push_back(node_.submissions.take());
    }
    return held;
  }
  /// The reason why an upload is refused, empty if it is not.
  std::string put(const std::string& bytes) {
    v1::ContentState state;
    auto writer = v1::Content::NewStub(channel_)->Put(&contexts_.emplace_back(), &state);
    v1::PutRequest frame;
    frame.mutable_content()->set_sha256(Bytes(Sha256::of(bytes).bytes()));
    frame.mutable_content()->set_size(bytes.size());
    frame.set_chunk(bytes);
    static_cast<void>(writer->Write(frame));
    static_cast<void>(writer->WritesDone());
    const grpc::Status status = writer->Finish();
    return status.ok() ? "" : error_of(status).reason;
  }
  bool is_full() { return put("some bytes more") == "MEMORY_FULL"; }
  /// A peer's stream, after the hello was sent.
  std::unique_ptr<RelayStream> open_relay() {
    auto stream = v1::Relay::NewStub(narrow("nodes/truc"))->Exchange(&contexts_.emplace_back());
    v1::RelayFrame frame;
    frame.mutable_hello()->set_node("G22");
    frame.mutable_hello()->set_min_version(1);
    frame.mutable_hello()->set_max_version(1);
    EXPECT_TRUE(stream->Write(frame));
    return stream;
  }
  static v1::SendResponse answer(SendStream& stream) {
    v1::SendResponse response;
    EXPECT_TRUE(stream.Read(&response));
    return response;
  }
  static exchange::Acceptance accepted() {
    return {{code("H52.01"), MessageId("a")}, Timestamp(), Sha256::of("h"), 5, false};
  }

  std::shared_ptr<grpc::Channel> channel_;
  std::list<grpc::ClientContext> contexts_;
  std::vector<std::unique_ptr<SendStream>> filling_;
};

TEST_F(BudgetTest, WhoHoldsMuchWaitsAndWhoHoldsNothingGetsIn) {
  const auto greedy = open();
  for (std::uint64_t i = 1; i <= 4; ++i) ASSERT_TRUE(send(*greedy, i));
  std::vector<Submitted> held;
  for (int i = 0; i < 3; ++i) held.push_back(node_.submissions.take());  // 2.7 of 4 MiB: it is tight
  const auto modest = open();
  ASSERT_TRUE(send(*modest, 1));
  node_.submissions.take().done(accepted());
  EXPECT_TRUE(answer(*modest).has_accepted());
  EXPECT_EQ(node_.submissions.size(), 0U);
  for (const Submitted& one : held) one.done(accepted());
  held.clear();
  node_.submissions.take().done(accepted());
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(answer(*greedy).has_accepted());
}

TEST_F(BudgetTest, WhatDoesNotFitIsRefusedAndMayComeAgain) {
  std::vector<Submitted> held = fill();
  const auto late = open();
  ASSERT_TRUE(send(*late, 1));
  const v1::SendResponse refused = answer(*late);
  EXPECT_EQ(codec::from_proto(refused.refused()).code, ErrorCode::resource_exhausted);
  EXPECT_EQ(codec::from_proto(refused.refused()).reason, "MEMORY_FULL");
  const auto& details = refused.refused().details();
  EXPECT_TRUE(std::any_of(details.begin(), details.end(),
                          [](const auto& one) { return one.template Is<google::rpc::RetryInfo>(); }));
  held.front().done(accepted());
  held.erase(held.begin());
  ASSERT_TRUE(send(*late, 1));
  node_.submissions.take().done(accepted());
  EXPECT_TRUE(answer(*late).has_accepted());
}

TEST_F(BudgetTest, ABatchThatDoesNotFitIsToComeAgain) {
  const std::vector<Submitted> held = fill();
  const auto stream = open_relay();
  v1::RelayFrame frame;
  frame.mutable_batch()->set_number(1);
  frame.mutable_batch()->add_items()->mutable_message()->set_header(std::string(kMiB / 2, 'h'));
  *frame.mutable_batch()->add_items() = frame.batch().items(0);
  ASSERT_TRUE(stream->Write(frame));
  v1::RelayAnswer answer;
  ASSERT_TRUE(stream->Read(&answer) && answer.has_hello());
  ASSERT_TRUE(stream->Read(&answer));
  ASSERT_EQ(answer.outcome().outcomes_size(), 2);
  for (const auto& outcome : answer.outcome().outcomes()) {
    EXPECT_EQ(outcome.result(), v1::ItemOutcome::RESULT_RETRY);
    EXPECT_EQ(codec::from_proto(outcome.error()).reason, "MEMORY_FULL");
  }
  EXPECT_EQ(node_.batches.size(), 0U);
}

TEST_F(BudgetTest, OutcomesThatAPeerDoesNotReadAreCountedAndStopTheReading) {
  v1::RelayFrame empty;
  empty.mutable_batch()->set_number(1);
  for (int i = 0; i < kMaxBatchItems; ++i) empty.mutable_batch()->add_items();
  v1::RelayFrame good;
  good.mutable_batch()->set_number(2);
  auto& message = *good.mutable_batch()->add_items()->mutable_message();
  message.set_header("h");
  message.set_certificate_sha256(std::string(32, 'c'));
  message.add_recipients("H52.01");
  const std::vector<Submitted> held = fill();
  EXPECT_FALSE(is_full());
  const auto stream = open_relay();
  ASSERT_TRUE(stream->Write(empty) && stream->Write(good));
  until([this] { return is_full(); });
  EXPECT_EQ(node_.batches.size(), 0U);
  v1::RelayAnswer answer;
  ASSERT_TRUE(stream->Read(&answer) && answer.has_hello());
  ASSERT_TRUE(stream->Read(&answer));
  EXPECT_EQ(answer.outcome().outcomes_size(), kMaxBatchItems);
  EXPECT_EQ(node_.batches.take().items.size(), 1U);
  EXPECT_FALSE(is_full());
}

TEST_F(BudgetTest, AnswersThatAClientDoesNotReadAreCounted) {
  constexpr std::uint64_t kRequests = kSubmissionsInFlight - 1;
  Error much = failure(ErrorCode::failed_precondition, "MUCH", "of all that is wrong");
  for (int i = 0; i < 20; ++i) much.causes.push_back(invalid("field", "MUCH", std::string(400, 'w')));
  const auto stream = open();
  for (std::uint64_t i = 1; i <= kRequests; ++i) ASSERT_TRUE(send(*stream, i, 1));
  std::vector<Submitted> submitted;
  for (std::uint64_t i = 1; i <= kRequests; ++i) submitted.push_back(node_.submissions.take());
  const std::vector<Submitted> held = fill();
  EXPECT_FALSE(is_full());
  for (const Submitted& one : submitted) one.done(much);
  EXPECT_TRUE(is_full());
  for (std::uint64_t i = 1; i <= kRequests; ++i) EXPECT_TRUE(answer(*stream).has_refused());
  until([this] { return !is_full(); });
}

TEST_F(BudgetTest, AnUploadThatDoesNotFitIsToGoOnLater) {
  const std::vector<Submitted> held = fill();
  EXPECT_EQ(put(std::string(kMiB, 'b')), "MEMORY_FULL");
}

TEST_F(BudgetTest, ACertificateHasSoManyStreamsAtMost) {
  std::vector<std::unique_ptr<SendStream>> streams;
  for (int i = 0; i < kStreams; ++i) {
    streams.push_back(open());
    ASSERT_TRUE(send(*streams.back(), 1, 1));
    node_.submissions.take().done(accepted());
    EXPECT_TRUE(answer(*streams.back()).has_accepted());
  }
  const Error error = error_of(open()->Finish());
  EXPECT_EQ(error.code, ErrorCode::resource_exhausted);
  EXPECT_EQ(error.reason, "TOO_MANY_STREAMS");
  ASSERT_TRUE(streams.front()->WritesDone());
  ASSERT_TRUE(streams.front()->Finish().ok());
  until([&] {  // when the server has heard of that end
    const auto another = open();
    another->WritesDone();
    return another->Finish().ok();
  });
}

}  // namespace
}  // namespace tram::transport::test
