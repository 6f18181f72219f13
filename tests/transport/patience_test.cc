// Peers that do not answer, peers and clients that do not read.
#include <tram/v1/content.grpc.pb.h>
#include <tram/v1/exchange.grpc.pb.h>

#include "tests/transport/fixtures.h"
#include "tests/transport/peer_events.h"
#include "tests/transport/raw_peer.h"
#include "transport/limits.h"

namespace tram::transport::test {
namespace {

constexpr std::size_t kMuch = 2 << 20;  // bytes: more than a connection takes from who does not read

class PatienceTest : public ServerTest {
 protected:
  ~PatienceTest() override {
    stream_.reset();
    peers_.reset();
  }
  // The server's own patience is out of the way: whether its writes are done is not seen from here.
  void patient_server() {
    ServerOptions options = server_options();
    options.read_patience = std::chrono::hours(1000);
    start(options);
  }
  void open(const PeerOptions& options) {
    peers_ = std::make_unique<GrpcPeers>(options, contents_, workers_, timers_, clock_);
    stream_ = peers_->open("sonla", exchange::Lane::routine, events_);
    events_->hellos.take();
  }
  void send(std::uint64_t number, std::size_t bytes = 1) {
    exchange::HopMessage message;
    message.header = std::string(bytes, 'h');
    message.recipients = {code("H52.01")};
    stream_->send(number, {message});
  }
  void pass(std::chrono::seconds time) {
    clock_.advance(time);
    timers_.ring();
  }
  // A connection that takes no more than 64 KiB from who does not read.
  std::shared_ptr<grpc::Channel> narrow(const std::string& certificate) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    return channel(certificate, arguments);
  }

  std::shared_ptr<PeerEvents> events_ = std::make_shared<PeerEvents>();
  std::unique_ptr<GrpcPeers> peers_;
  std::unique_ptr<exchange::PeerStream> stream_;
};

TEST_F(PatienceTest, APeerThatTakesBatchesAndNeverAnswersIsLetGo) {
  patient_server();
  open(peer_options());
  send(1);
  send(2);
  Arrived first = node_.batches.take();
  node_.batches.take().answer({{exchange::HopResult::accepted, {}}});
  EXPECT_EQ(events_->answers.take().batch, 2U);
  pass(std::chrono::seconds(59));
  pass(std::chrono::seconds(1));
  const Error error = events_->ends.take();
  EXPECT_EQ(error.code, ErrorCode::unavailable);
  EXPECT_EQ(error.reason, "PEER_SILENT");
  EXPECT_EQ(error.message, "peer sonla has not answered for 60 s");
  EXPECT_FALSE(error.remedy.empty());
}

TEST_F(PatienceTest, APeerThatAnsweredAllMayBeSilentForAnyTime) {
  patient_server();
  open(peer_options());
  for (std::uint64_t number = 1; number <= 3; ++number) {
    send(number);
    node_.batches.take().answer({{exchange::HopResult::accepted, {}}});
    EXPECT_EQ(events_->answers.take().batch, number);
    pass(std::chrono::hours(1));
  }
  EXPECT_EQ(events_->ends.size(), 0U);
}

TEST_F(PatienceTest, APeerThatReadsNothingIsLetGo) {
  const RawPeer peer({RawPeer::hello()});
  PeerOptions options = peer_options();
  options.links["sonla"].address = peer.address();
  options.answer_patience = std::chrono::seconds(7);
  open(options);
  send(1, kMuch);
  // The wait begins when gRPC is done with the greeting, which is not seen from here.
  while (events_->ends.size() == 0) pass(std::chrono::seconds(1));
  EXPECT_EQ(events_->ends.take().message, "peer sonla has not answered for 7 s");
}

TEST_F(PatienceTest, AClientThatReadsNoDeliveriesIsCutOffAndItsClaimsGoBack) {
  grpc::ClientContext context;
  auto stream = v1::Exchange::NewStub(narrow("clients/H52.01"))->Receive(&context);
  v1::ReceiveRequest request;
  request.mutable_open()->set_credits(10);
  ASSERT_TRUE(stream->Write(request));
  const auto inbox = node_.inboxes.take();
  exchange::Delivery delivery;
  delivery.id = DeliveryId("d1");
  delivery.recipient = code("H52.01");
  delivery.header = std::string(kMuch, 'h');
  inbox->events->deliver(delivery);
  pass(std::chrono::seconds(59));
  EXPECT_EQ(inbox->closed.size(), 0U);
  pass(std::chrono::seconds(1));
  EXPECT_TRUE(inbox->closed.take());
  for (v1::ReceiveResponse response; stream->Read(&response);) EXPECT_FALSE(response.has_delivery());
  EXPECT_FALSE(stream->Finish().ok());
}

TEST_F(PatienceTest, AClientWithNothingToReadKeepsItsStream) {
  grpc::ClientContext context;
  auto stream = v1::Exchange::NewStub(narrow("clients/H52.01"))->Receive(&context);
  v1::ReceiveRequest request;
  request.mutable_open()->set_credits(1000);
  ASSERT_TRUE(stream->Write(request));
  const auto inbox = node_.inboxes.take();
  EXPECT_EQ(inbox->credits.take(), kDeliveriesAhead);
  exchange::Delivery delivery;
  delivery.recipient = code("H52.01");
  v1::ReceiveResponse response;
  for (std::uint32_t i = 0; i < kDeliveriesAhead / 2; ++i) {
    inbox->events->deliver(delivery);
    ASSERT_TRUE(stream->Read(&response));
  }
  inbox->credits.take();  // they come when the last one is written
  pass(std::chrono::hours(1));
  inbox->events->deliver(delivery);
  EXPECT_TRUE(stream->Read(&response));
  EXPECT_EQ(inbox->closed.size(), 0U);
}

TEST_F(PatienceTest, AClientThatReadsNoAttachmentIsCutOff) {
  const std::string much(kMuch, 'c');
  node_.the_attachment.location = contents_.append(much).value();
  node_.the_attachment.attachment.sha256 = Sha256::of(much);
  grpc::ClientContext context;
  v1::GetRequest request;
  request.set_delivery_id("known");
  auto reader = v1::Content::NewStub(narrow("clients/H52.01"))->Get(&context, request);
  until([&] { return timers_.size() > 0; });  // the call has begun
  until([&] {
    pass(std::chrono::seconds(60));  // at the first, the write may not have begun
    return timers_.size() == 0;
  });
  std::size_t got = 0;
  for (v1::GetResponse response; reader->Read(&response);) got += response.chunk().size();
  EXPECT_LT(got, kMuch);
  EXPECT_FALSE(reader->Finish().ok());
}

}  // namespace
}  // namespace tram::transport::test
