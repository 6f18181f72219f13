// Exchange.Send.
#include <tram/v1/exchange.grpc.pb.h>

#include "base/turn.h"
#include "codec/status_proto.h"
#include "tests/transport/fixtures.h"
#include "transport/limits.h"

namespace tram::transport::test {
namespace {

class SendTest : public ServerTest {
 protected:
  SendTest() : stream_(v1::Exchange::NewStub(channel("clients/H52.01"))->Send(&context_)) {}
  ~SendTest() override { context_.TryCancel(); }

  bool send(std::uint64_t number) { return stream_->Write(request(number)); }
  bool send(std::uint64_t first, std::uint64_t last) {
    v1::SendRequest frame = request(first);
    for (std::uint64_t number = first + 1; number <= last; ++number) *frame.add_more() = request(number);
    frame.set_together(true);
    return stream_->Write(frame);
  }
  static v1::SendRequest request(std::uint64_t number) {
    v1::SendRequest request;
    request.set_request(number);
    request.mutable_signed_()->set_header("header " + std::to_string(number));
    return request;
  }
  v1::SendResponse answer() {
    v1::SendResponse response;
    if (!stream_->Read(&response)) ADD_FAILURE() << stream_->Finish().error_message();
    return response;
  }
  static exchange::Acceptance accepted() {
    return {{code("H52.01"), MessageId("a")}, Timestamp(), Sha256::of("h"), 5, false};
  }

  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::SendRequest, v1::SendResponse>> stream_;
};

TEST_F(SendTest, AnswersComeAsTheyBecomeFinal) {
  ASSERT_TRUE(send(1) && send(2));
  const Submitted first = node_.submissions.take();
  const Submitted second = node_.submissions.take();
  EXPECT_EQ(first.who.agency, code("H52.01"));
  EXPECT_EQ(std::get<exchange::SignedSubmission>(first.request.submission).header, "header 1");
  second.done(accepted());
  EXPECT_EQ(answer().request(), 2U);
  first.done(accepted());
  const v1::SendResponse last = answer();
  EXPECT_EQ(last.request(), 1U);
  EXPECT_EQ(last.accepted().log_index(), 5U);
  EXPECT_EQ(last.accepted().key().id(), "a");
}

TEST_F(SendTest, HalfCloseWaitsForAllAnswers) {
  ASSERT_TRUE(send(1) && send(2) && stream_->WritesDone());
  node_.submissions.take().done(accepted());
  EXPECT_EQ(answer().request(), 1U);
  node_.submissions.take().done(accepted());
  EXPECT_EQ(answer().request(), 2U);
  v1::SendResponse more;
  EXPECT_FALSE(stream_->Read(&more));
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(SendTest, AMalformedSubmissionIsRefusedAndTheStreamGoesOn) {
  v1::SendRequest request;
  request.set_request(7);
  request.mutable_fields()->mutable_key()->set_sender("not a code");
  ASSERT_TRUE(stream_->Write(request));
  const v1::SendResponse refused = answer();
  EXPECT_EQ(refused.request(), 7U);
  const Error error = codec::from_proto(refused.refused());
  EXPECT_EQ(error.code, ErrorCode::invalid_argument);
  EXPECT_FALSE(error.causes.empty());
  ASSERT_TRUE(send(8));
  node_.submissions.take().done(accepted());
  EXPECT_EQ(answer().request(), 8U);
}

TEST_F(SendTest, ARefusalCarriesItsDetails) {
  ASSERT_TRUE(send(1));
  node_.submissions.take().done(
      failure(ErrorCode::already_exists, "ID_REUSED", "the id names another document", "use a new id"));
  const Error error = codec::from_proto(answer().refused());
  EXPECT_EQ(error.code, ErrorCode::already_exists);
  EXPECT_EQ(error.reason, "ID_REUSED");
  EXPECT_EQ(error.remedy, "use a new id");
}

TEST_F(SendTest, ANumberTwiceInFlightEndsTheStream) {
  ASSERT_TRUE(send(1) && send(1));
  v1::SendResponse response;
  EXPECT_FALSE(stream_->Read(&response));
  EXPECT_EQ(error_of(stream_->Finish()).reason, "REQUEST_REPEATED");
}

TEST_F(SendTest, ReadingStopsWhenTooManyAreInFlightAndGoesOnWithAnAnswer) {
  for (std::uint64_t i = 1; i <= kSubmissionsInFlight + 1; ++i) ASSERT_TRUE(send(i));
  const Submitted first = node_.submissions.take();
  for (std::size_t i = 1; i < kSubmissionsInFlight; ++i) node_.submissions.take();
  EXPECT_EQ(node_.submissions.size(), 0U);
  first.done(accepted());
  EXPECT_EQ(answer().request(), 1U);
  const Submitted next = node_.submissions.take();
  EXPECT_EQ(std::get<exchange::SignedSubmission>(next.request.submission).header, "header 1025");
}

TEST_F(SendTest, SubmissionsOfOneFrameAreTakenInOrder) {
  ASSERT_TRUE(send(1, 3));
  for (int i = 1; i <= 3; ++i) {
    const Submitted one = node_.submissions.take();
    EXPECT_EQ(std::get<exchange::SignedSubmission>(one.request.submission).header,
              "header " + std::to_string(i));
  }
}

TEST_F(SendTest, AnswersOfOneTurnGoTogetherToWhoAskedForIt) {
  ASSERT_TRUE(send(1, 3));
  {
    const Turn turn;
    for (int i = 0; i < 3; ++i) node_.submissions.take().done(accepted());
  }
  const v1::SendResponse frame = answer();
  EXPECT_EQ(frame.request(), 1U);
  ASSERT_EQ(frame.more_size(), 2);
  EXPECT_EQ(frame.more(0).request(), 2U);
  EXPECT_TRUE(frame.more(1).has_accepted());
  ASSERT_TRUE(stream_->WritesDone());
  v1::SendResponse none;
  EXPECT_FALSE(stream_->Read(&none));
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(SendTest, ToOthersEachAnswerGoesAlone) {
  ASSERT_TRUE(send(1) && send(2));
  {
    const Turn turn;
    for (int i = 0; i < 2; ++i) node_.submissions.take().done(accepted());
  }
  EXPECT_EQ(answer().more_size(), 0);
  EXPECT_EQ(answer().more_size(), 0);
}

TEST_F(SendTest, AFrameInsideAFrameIsNotRead) {
  v1::SendRequest frame = request(1);
  *frame.add_more() = request(2);
  *frame.mutable_more(0)->add_more() = request(3);
  ASSERT_TRUE(stream_->Write(frame));
  v1::SendResponse none;
  EXPECT_FALSE(stream_->Read(&none));
  EXPECT_EQ(error_of(stream_->Finish()).reason, "MESSAGE_UNREADABLE");
  EXPECT_EQ(node_.submissions.size(), 0U);
}

TEST_F(SendTest, AFrameWithTooManyIsNotRead) {
  ASSERT_TRUE(send(1, kMaxFrameMessages + 1));
  v1::SendResponse none;
  EXPECT_FALSE(stream_->Read(&none));
  EXPECT_EQ(error_of(stream_->Finish()).reason, "MESSAGE_UNREADABLE");
}

TEST_F(SendTest, DrainingEndsTheStreamAfterItsAnswers) {
  ASSERT_TRUE(send(1));
  const Submitted submitted = node_.submissions.take();
  server_->drain();
  submitted.done(accepted());
  EXPECT_EQ(answer().request(), 1U);
  v1::SendResponse more;
  EXPECT_FALSE(stream_->Read(&more));
  EXPECT_EQ(error_of(stream_->Finish()).code, ErrorCode::unavailable);
}

TEST_F(SendTest, AnAnswerAfterTheCallIsOverDoesNothing) {
  ASSERT_TRUE(send(1));
  const Submitted submitted = node_.submissions.take();
  context_.TryCancel();
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::CANCELLED);
  server_->shutdown(std::chrono::milliseconds(0));
  submitted.done(accepted());
}

}  // namespace
}  // namespace tram::transport::test
