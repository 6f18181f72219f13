// Today's program speaks with a program of protocol version 1 as it was recorded: it reads its frames, and is
// read by it. tests/data/protocol-1/README.md says when the record may change.
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <tram/v1/relay.pb.h>

#include <cstdlib>

#include "tests/transport/fixtures.h"
#include "tests/transport/golden_frames.h"
#include "tests/transport/peer_events.h"
#include "tests/transport/raw_call.h"
#include "tests/transport/raw_peer.h"
#include "transport/relay_proto.h"

namespace tram::transport::test {
namespace {

namespace pb = google::protobuf;
using pb::util::MessageDifferencer;

TEST(Golden, IsRecordedWhenAskedTo) {
  const char* folder = std::getenv("TRAM_RECORD_PROTOCOL");
  if (folder == nullptr) GTEST_SKIP() << "TRAM_RECORD_PROTOCOL names no folder";
  record_protocol(folder);
}

TEST(Golden, FramesOfThatTimeAreReadAsWhatTheySaid) {
  for (const Frame& today : frames_of_today()) {
    SCOPED_TRACE(today.file);
    std::unique_ptr<pb::Message> read(today.message->New());
    ASSERT_TRUE(read->ParseFromString(RecordedProtocol::bytes(today.file)));
    EXPECT_TRUE(MessageDifferencer::Equals(*read, *today.message)) << "then:\n"
                                                                   << read->DebugString() << "now:\n"
                                                                   << today.message->DebugString();
  }
}

TEST(Golden, FramesOfTodayAreReadByAProgramOfThatTime) {
  RecordedProtocol then;
  for (const Frame& today : frames_of_today()) {
    SCOPED_TRACE(today.file);
    const std::string type = today.message->GetDescriptor()->full_name();
    const auto now_read = then.read(type, today.message->SerializeAsString());
    const auto then_read = then.read(type, RecordedProtocol::bytes(today.file));
    ASSERT_TRUE(now_read && then_read);
    EXPECT_TRUE(MessageDifferencer::Equals(*now_read, *then_read)) << "then:\n"
                                                                   << then_read->DebugString() << "now:\n"
                                                                   << now_read->DebugString();
  }
}

// A field keeps its number, type and meaning for ever; what is gone is not used again.
void expect_kept(const pb::DescriptorProto& then, const pb::Descriptor& now) {
  SCOPED_TRACE(now.full_name());
  for (const auto& field : then.field()) {
    const pb::FieldDescriptor* kept = now.FindFieldByNumber(field.number());
    if (kept == nullptr) {
      EXPECT_TRUE(now.IsReservedNumber(field.number())) << field.name() << " is gone and not reserved";
      continue;
    }
    EXPECT_EQ(kept->name(), field.name());
    EXPECT_EQ(static_cast<int>(kept->type()), static_cast<int>(field.type())) << field.name();
    EXPECT_EQ(static_cast<int>(kept->label()), static_cast<int>(field.label())) << field.name();
    EXPECT_EQ(kept->real_containing_oneof() != nullptr, field.has_oneof_index()) << field.name();
  }
  for (const auto& nested : then.nested_type()) {
    const pb::Descriptor* kept = now.FindNestedTypeByName(nested.name());
    if (kept != nullptr) expect_kept(nested, *kept);
  }
  for (const auto& words : then.enum_type()) {
    const pb::EnumDescriptor* kept = now.FindEnumTypeByName(words.name());
    ASSERT_NE(kept, nullptr) << words.name();
    for (const auto& word : words.value()) {
      const auto* same = kept->FindValueByNumber(word.number());
      ASSERT_NE(same, nullptr) << word.name();
      EXPECT_EQ(same->name(), word.name());
    }
  }
}

TEST(Golden, DefinitionsOnlyGrow) {
  const RecordedProtocol then;
  const pb::DescriptorPool& now = *pb::DescriptorPool::generated_pool();
  int compared = 0;
  for (const auto& file : then.definitions().file()) {
    for (const auto& message : file.message_type()) {
      const pb::Descriptor* kept = now.FindMessageTypeByName(file.package() + "." + message.name());
      ASSERT_NE(kept, nullptr) << message.name();
      expect_kept(message, *kept);
      ++compared;
    }
    for (const auto& service : file.service()) {
      const pb::ServiceDescriptor* kept = now.FindServiceByName(file.package() + "." + service.name());
      ASSERT_NE(kept, nullptr) << service.name();
      for (const auto& method : service.method()) {
        const pb::MethodDescriptor* same = kept->FindMethodByName(method.name());
        ASSERT_NE(same, nullptr) << method.name();
        EXPECT_EQ("." + same->input_type()->full_name(), method.input_type());
        EXPECT_EQ("." + same->output_type()->full_name(), method.output_type());
        EXPECT_EQ(same->client_streaming(), method.client_streaming()) << method.name();
        EXPECT_EQ(same->server_streaming(), method.server_streaming()) << method.name();
      }
    }
  }
  EXPECT_GT(compared, 50);
}

class GoldenTalk : public ServerTest {
 protected:
  static void expect_items(std::vector<exchange::HopItem> got) {
    const auto said = golden_items();
    ASSERT_EQ(got.size(), said.size());
    for (std::size_t i = 0; i < said.size(); ++i)
      EXPECT_TRUE(MessageDifferencer::Equals(to_proto(std::move(got[i])), to_proto(said[i]))) << i;
  }
  static void expect_outcomes(const std::vector<exchange::HopOutcome>& got) {
    const auto said = golden_outcomes();
    ASSERT_EQ(got.size(), said.size());
    for (std::size_t i = 0; i < said.size(); ++i) {
      EXPECT_EQ(got[i].result, said[i].result) << i;
      EXPECT_EQ(got[i].error.reason, said[i].error.reason) << i;
    }
  }
};

// A node of that time calls this one.
TEST_F(GoldenTalk, ANodeOfThatTimeIsServed) {
  RawCall call(channel("nodes/truc"), "/tram.v1.Relay/Exchange");
  RecordedProtocol then;
  v1::RelayAnswer answer;
  const auto heard = [&] { return then.read("tram.v1.RelayAnswer", answer.SerializeAsString()); };
  ASSERT_TRUE(call.write(RecordedProtocol::bytes("relay-hello.bin")));
  ASSERT_TRUE(call.read(answer));
  EXPECT_EQ(answer.hello().node(), "H52");
  EXPECT_LE(answer.hello().min_version(), 1U);
  EXPECT_GE(answer.hello().max_version(), 1U);
  ASSERT_TRUE(call.write(RecordedProtocol::bytes("relay-certificates.bin")));
  EXPECT_EQ(node_.certificates.take(), golden_certificates());
  ASSERT_TRUE(call.write(RecordedProtocol::bytes("relay-batch.bin")));
  Arrived arrived = node_.batches.take();
  expect_items(std::move(arrived.items));
  arrived.answer(golden_outcomes());
  ASSERT_TRUE(call.read(answer));
  const auto expected = then.read("tram.v1.RelayAnswer", RecordedProtocol::bytes("answer-outcome.bin"));
  EXPECT_TRUE(MessageDifferencer::Equals(*heard(), *expected)) << answer.DebugString();
  ASSERT_TRUE(call.write(RecordedProtocol::bytes("relay-draining.bin")));
  EXPECT_FALSE(call.read(answer));
  EXPECT_TRUE(call.finish().ok());
}

// This node calls one of that time.
TEST_F(GoldenTalk, ANodeOfThatTimeIsCalled) {
  RawPeer peer({RecordedProtocol::bytes("answer-hello.bin"), RecordedProtocol::bytes("answer-outcome.bin"),
                RecordedProtocol::bytes("answer-draining.bin")});
  PeerOptions options = peer_options();
  options.links.at("sonla").address = peer.address();
  GrpcPeers peers(options, contents_, workers_, timers_, clock_);
  const auto events = std::make_shared<PeerEvents>();
  const auto stream = peers.open("sonla", exchange::Lane::urgent, events);
  const exchange::PeerHello hello = events->hellos.take();
  EXPECT_EQ(hello.node, code("H52"));
  EXPECT_EQ(hello.max_batch_bytes, golden_hello("H52").max_batch_bytes);
  EXPECT_EQ(hello.lacks_since, golden_hello("H52").lacks_since);
  stream->send(1, golden_items());
  const PeerEvents::Answer answer = events->answers.take();
  EXPECT_EQ(answer.batch, 1U);
  expect_outcomes(answer.outcomes);
  stream->send_certificates(golden_certificates());
  EXPECT_TRUE(events->drained.take());
}

TEST_F(GoldenTalk, ANodeThatSharesNoVersionIsNotCalled) {
  v1::RelayAnswer answer;
  ASSERT_TRUE(answer.ParseFromString(RecordedProtocol::bytes("answer-hello.bin")));
  answer.mutable_hello()->set_min_version(3);
  answer.mutable_hello()->set_max_version(4);
  RawPeer peer({answer.SerializeAsString()});
  PeerOptions options = peer_options();
  options.links.at("sonla").address = peer.address();
  GrpcPeers peers(options, contents_, workers_, timers_, clock_);
  const auto events = std::make_shared<PeerEvents>();
  const auto stream = peers.open("sonla", exchange::Lane::urgent, events);
  const Error end = events->ends.take();
  EXPECT_EQ(end.reason, "VERSION_UNSUPPORTED");
  EXPECT_NE(end.message.find("relay versions 3 to 4, this node 1"), std::string::npos) << end.message;
}

}  // namespace
}  // namespace tram::transport::test
