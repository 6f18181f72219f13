// Bytes that are no message: the stream ends with the reason, after the answers to what came before.
#include <tram/v1/content.pb.h>
#include <tram/v1/exchange.pb.h>
#include <tram/v1/relay.pb.h>

#include "tests/transport/fixtures.h"
#include "tests/transport/raw_call.h"

namespace tram::transport::test {
namespace {

class GarbageTest : public ServerTest {
 protected:
  void open(const std::string& certificate, const std::string& method) {
    call_ = std::make_unique<RawCall>(channel(certificate), method);
  }
  void expect_refused(const std::string& type) {
    const grpc::Status status = call_->finish();
    ASSERT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    const Error error = error_of(status);
    EXPECT_EQ(error.reason, "MESSAGE_UNREADABLE");
    EXPECT_NE(error.message.find(type), std::string::npos) << error.message;
    EXPECT_FALSE(error.remedy.empty());
  }
  void expect_end(google::protobuf::MessageLite&& message) { EXPECT_FALSE(call_->read(message)); }

  std::unique_ptr<RawCall> call_;
};

TEST_F(GarbageTest, OnSendTheSubmissionsBeforeItAreAnswered) {
  open("clients/H52.01", "/tram.v1.Exchange/Send");
  v1::SendRequest request;
  request.set_request(1);
  request.mutable_signed_()->set_header("header");
  ASSERT_TRUE(call_->write(request) && call_->write(kGarbage));
  node_.submissions.take().done(
      exchange::Acceptance{{code("H52.01"), MessageId("a")}, Timestamp(), Sha256::of("h"), 5, false});
  v1::SendResponse response;
  ASSERT_TRUE(call_->read(response));
  EXPECT_EQ(response.request(), 1U);
  EXPECT_EQ(response.accepted().log_index(), 5U);
  expect_end(v1::SendResponse());
  expect_refused("tram.v1.SendRequest");
}

TEST_F(GarbageTest, OnSendNothingIsReadAfterIt) {
  open("clients/H52.01", "/tram.v1.Exchange/Send");
  v1::SendRequest request;
  request.mutable_signed_()->set_header("header");
  ASSERT_TRUE(call_->write(kGarbage));
  call_->write(request);  // may come too late to be sent
  expect_end(v1::SendResponse());
  expect_refused("tram.v1.SendRequest");
  EXPECT_EQ(node_.submissions.size(), 0U);
}

TEST_F(GarbageTest, OnReceiveTheAcknowledgementsBeforeItAreAnsweredAndTheClaimsGoBack) {
  open("clients/H52.01", "/tram.v1.Exchange/Receive");
  v1::ReceiveRequest request;
  request.mutable_open()->set_credits(2);
  ASSERT_TRUE(call_->write(request));
  const auto inbox = node_.inboxes.take();
  request.set_acknowledge("d1");
  ASSERT_TRUE(call_->write(request) && call_->write(kGarbage));
  EXPECT_EQ(inbox->acknowledged.take(), "d1");
  inbox->events->acknowledged(DeliveryId("d1"));
  v1::ReceiveResponse response;
  ASSERT_TRUE(call_->read(response));
  EXPECT_EQ(response.acknowledged(), "d1");
  expect_end(v1::ReceiveResponse());
  expect_refused("tram.v1.ReceiveRequest");
  EXPECT_TRUE(inbox->closed.take());
}

TEST_F(GarbageTest, OnRelayTheBatchesBeforeItAreAnswered) {
  open("nodes/truc", "/tram.v1.Relay/Exchange");
  v1::RelayFrame hello;
  hello.mutable_hello()->set_node("G22");
  hello.mutable_hello()->set_min_version(1);
  hello.mutable_hello()->set_max_version(1);
  v1::RelayFrame batch;
  batch.mutable_batch()->set_number(1);
  auto& message = *batch.mutable_batch()->add_items()->mutable_message();
  message.set_certificate_sha256(std::string(32, 'c'));
  message.add_recipients("H52.01");
  ASSERT_TRUE(call_->write(hello) && call_->write(batch) && call_->write(kGarbage));
  v1::RelayAnswer answer;
  ASSERT_TRUE(call_->read(answer));
  EXPECT_TRUE(answer.has_hello());
  node_.batches.take().answer({{exchange::HopResult::accepted, {}}});
  ASSERT_TRUE(call_->read(answer));
  EXPECT_EQ(answer.outcome().number(), 1U);
  expect_end(v1::RelayAnswer());
  expect_refused("tram.v1.RelayFrame");
}

TEST_F(GarbageTest, OnPutWhatCameBeforeItIsKept) {
  open("clients/H52.01", "/tram.v1.Content/Put");
  const std::string bytes(3000, 'x');
  v1::PutRequest first;
  first.mutable_content()->set_sha256(Bytes(Sha256::of(bytes).bytes()));
  first.mutable_content()->set_size(bytes.size());
  first.set_chunk(bytes.substr(0, 1000));
  ASSERT_TRUE(call_->write(first) && call_->write(kGarbage));
  expect_end(v1::ContentState());
  expect_refused("tram.v1.PutRequest");
  const auto left = contents_.upload_state("agency:H52.01", Sha256::of(bytes), bytes.size()).value();
  EXPECT_EQ(left.stored, 1000U);
}

TEST_F(GarbageTest, AsTheFirstFrameItIsRefusedTheSameWay) {
  for (const char* method : {"/tram.v1.Exchange/Send", "/tram.v1.Exchange/Receive", "/tram.v1.Content/Put"}) {
    open("clients/H52.01", method);
    ASSERT_TRUE(call_->write(kGarbage));
    expect_end(v1::SendResponse());
    expect_refused("tram.v1.");
  }
  open("nodes/truc", "/tram.v1.Relay/Exchange");
  ASSERT_TRUE(call_->write(kGarbage));
  expect_end(v1::RelayAnswer());
  expect_refused("tram.v1.RelayFrame");
}

}  // namespace
}  // namespace tram::transport::test
