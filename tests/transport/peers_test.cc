// Our client to peers against our own server.
#include "tests/transport/fixtures.h"
#include "tests/transport/peer_events.h"
#include "tests/transport/raw_peer.h"
#include "transport/limits.h"
#include "transport/relay_proto.h"

namespace tram::transport::test {
namespace {

class PeersTest : public ServerTest {
 protected:
  void use(PeerOptions options) {
    peers_ = std::make_unique<GrpcPeers>(std::move(options), contents_, workers_, timers_, clock_);
  }
  void open() { stream_ = peers_->open("sonla", exchange::Lane::routine, events_); }
  ~PeersTest() override {
    stream_.reset();
    peers_.reset();
  }
  static exchange::HopMessage message() {
    exchange::HopMessage out;
    out.header = "the header";
    out.signature = "the signature";
    out.certificate = Sha256::of("certificate");
    out.recipients = {code("H52.01")};
    out.contents = {{false, "bytes"}, {true, ""}};
    out.trace = {code("G09"), code("G22")};
    out.acceptance = exchange::ProvenAcceptance{"origin", "note", {"record", 3, {Sha256::of("sibling")}}};
    return out;
  }

  std::shared_ptr<PeerEvents> events_ = std::make_shared<PeerEvents>();
  std::unique_ptr<GrpcPeers> peers_;
  std::unique_ptr<exchange::PeerStream> stream_;
};

TEST_F(PeersTest, OpensAndTellsTheNode) {
  use(peer_options());
  open();
  const exchange::PeerHello hello = events_->hellos.take();
  EXPECT_EQ(hello.node, code("H52"));
  EXPECT_EQ(hello.inline_limit, node_.the_settings.inline_limit);
  EXPECT_EQ(hello.max_batch_bytes, node_.the_settings.batch_bytes);
  EXPECT_EQ(node_.peers_up.take(), "truc");
}

TEST_F(PeersTest, BothEndsSayWhatTheirClocksSay) {
  use(peer_options());
  const Timestamp before = clock_.now();
  open();
  const auto theirs = events_->hellos.take().time;
  const auto ours = node_.greetings.take().time;
  for (const auto& time : {ours, theirs}) {
    ASSERT_TRUE(time);
    EXPECT_GE(*time, before);
    EXPECT_LE(*time, clock_.now());
  }
}

TEST_F(PeersTest, TellsARestoredPeerThatAllWasHandedBack) {
  use(peer_options());
  const Timestamp since = from_rfc3339("2026-11-24T10:00:00Z").value();
  events_->says = {since, 4711};
  open();
  const exchange::PeerHello heard = node_.greetings.take();
  EXPECT_EQ(heard.handed_back, since);
  EXPECT_EQ(heard.known_log_size, 4711U);
}

class ListingTest : public PeersTest {
 protected:
  Result<exchange::HeldPage> list(std::int64_t after, const std::string& link = "sonla") {
    peers_->list_held(link, since_, after,
                      [this](Result<exchange::HeldPage> page) { pages_.put(std::move(page)); });
    return pages_.take();
  }

  const Timestamp since_ = from_rfc3339("2026-11-24T10:00:00.5Z").value();
  Mailbox<Result<exchange::HeldPage>> pages_;
};

TEST_F(ListingTest, ReadsWhatThePeerHoldsPageByPage) {
  use(peer_options());
  const auto first = list(0);
  ASSERT_TRUE(first) << first.error().text();
  const std::string since = std::to_string(since_.time_since_epoch().count());
  ASSERT_EQ(first->messages.size(), 1U);
  EXPECT_EQ(first->messages[0].key, (MessageKey{code("G22.01"), MessageId(since + "-0")}));
  EXPECT_EQ(first->messages[0].recipients, (std::vector{code("H52.01"), code("H52.05")}));
  EXPECT_EQ(first->next, 17);
  const auto last = list(17);
  ASSERT_TRUE(last) << last.error().text();
  EXPECT_EQ(last->messages[0].key.id.text(), since + "-17");
  EXPECT_EQ(last->next, 0);
}

TEST_F(ListingTest, APeerOfAnOlderProgramAnswersUnimplemented) {
  const RawPeer peer({RawPeer::hello()});
  PeerOptions options = peer_options();
  options.links["sonla"].address = peer.address();
  use(options);
  EXPECT_EQ(list(0).error().code, ErrorCode::unimplemented);
}

TEST_F(ListingTest, WhoIsNotTheLinksPeerIsNotBelieved) {
  const RawPeer older({RawPeer::hello()});
  for (const std::string& address : {address(), older.address()}) {
    PeerOptions options = peer_options();
    options.links["sonla"].address = address;
    options.links["sonla"].certificate = fingerprint("nodes/truc");
    use(options);
    EXPECT_EQ(list(0).error().reason, "WRONG_CERTIFICATE") << address;
  }
}

TEST_F(ListingTest, WhoIsNoPeerIsToldNothing) {
  PeerOptions options = peer_options();
  options.certificate = read("clients/H52.01.crt");
  options.key = read("clients/H52.01.key");
  use(options);
  EXPECT_EQ(list(0).error().reason, "ROLE_MISSING");
}

TEST_F(ListingTest, AnUnknownLinkAndAnEndedClientAreErrors) {
  use(peer_options());
  EXPECT_EQ(list(0, "nowhere").error().reason, "LINK_UNKNOWN");
  peers_->shutdown();
  EXPECT_EQ(list(0).error().reason, "DRAINING");
}

TEST_F(ListingTest, MoreThanAPageMayHoldIsRefused) {
  v1::ListHeldResponse page;
  for (std::size_t i = 0; i <= exchange::kMostHeldAtOnce; ++i) {
    page.add_messages()->mutable_key()->set_sender("G22.01");
    page.mutable_messages()->rbegin()->mutable_key()->set_id("id-" + std::to_string(i));
  }
  EXPECT_EQ(from_proto(page).error().reason, "TOO_MANY");
  page.mutable_messages()->RemoveLast();
  ASSERT_TRUE(from_proto(page));
  page.mutable_messages(0)->mutable_key()->set_sender("no code");
  EXPECT_FALSE(from_proto(page));
}

TEST_F(PeersTest, WhatIsSentBeforeTheHelloIsSentAfterIt) {
  use(peer_options());
  open();
  stream_->send(1, {message(), ReceiptBundle{"origin", "note", {{"record", 9, {}}}}, message()});
  Arrived arrived = node_.batches.take();
  ASSERT_EQ(arrived.items.size(), 3U);
  const auto& got = std::get<exchange::HopMessage>(arrived.items[0]);
  EXPECT_EQ(got.header, "the header");
  EXPECT_EQ(got.certificate, Sha256::of("certificate"));
  EXPECT_EQ(got.contents[0].bytes, "bytes");
  EXPECT_TRUE(got.contents[1].uploaded);
  EXPECT_EQ(got.trace, message().trace);
  EXPECT_EQ(got.acceptance->record.path.front(), Sha256::of("sibling"));
  EXPECT_EQ(std::get<ReceiptBundle>(arrived.items[1]).records[0].index, 9U);
  arrived.answer(
      {{exchange::HopResult::refused, failure(ErrorCode::failed_precondition, "SIGNATURE_REFUSED", "bad")},
       {exchange::HopResult::accepted, {}},
       {exchange::HopResult::not_yet, failure(ErrorCode::unavailable, "SIGNED_AHEAD", "its time comes")}});
  const PeerEvents::Answer answer = events_->answers.take();
  EXPECT_EQ(answer.batch, 1U);
  EXPECT_EQ(answer.outcomes[0].result, exchange::HopResult::refused);
  EXPECT_EQ(answer.outcomes[0].error.reason, "SIGNATURE_REFUSED");
  EXPECT_EQ(answer.outcomes[1].result, exchange::HopResult::accepted);
  EXPECT_EQ(answer.outcomes[2].result, exchange::HopResult::not_yet);
  EXPECT_EQ(answer.outcomes[2].error.reason, "SIGNED_AHEAD");
}

TEST_F(PeersTest, AFinishedStreamIsEndedByThePeerInGoodOrder) {
  use(peer_options());
  open();
  static_cast<void>(events_->hellos.take());
  stream_->send(1, {message()});
  node_.batches.take().answer({{exchange::HopResult::accepted, {}}});
  EXPECT_EQ(events_->answers.take().batch, 1U);
  stream_->finish();
  const Error end = events_->ends.take();
  EXPECT_EQ(end.code, ErrorCode::unavailable) << end.text();
  EXPECT_NE(end.reason, "MESSAGE_UNREADABLE");
}

TEST_F(PeersTest, BatchesAreAnsweredAsTheyAreCommitted) {
  use(peer_options());
  open();
  stream_->send(1, {message()});
  stream_->send(2, {message()});
  Arrived first = node_.batches.take();
  Arrived second = node_.batches.take();
  second.answer({{exchange::HopResult::need_content, {}}});
  EXPECT_EQ(events_->answers.take().batch, 2U);
  first.answer({{exchange::HopResult::need_certificate, {}}});
  EXPECT_EQ(events_->answers.take().outcomes[0].result, exchange::HopResult::need_certificate);
}

TEST_F(PeersTest, SendsCertificates) {
  use(peer_options());
  open();
  stream_->send_certificates(std::vector<Bytes>(kMaxCertificates + 1, "der"));
  EXPECT_EQ(node_.certificates.take().size(), static_cast<std::size_t>(kMaxCertificates));
  EXPECT_EQ(node_.certificates.take().size(), 1U);
}

TEST_F(PeersTest, AnotherCertificateThanTheLinksIsRefusedBeforeAnythingIsSent) {
  PeerOptions options = peer_options();
  options.links["sonla"].certificate = fingerprint("nodes/truc");
  use(options);
  open();
  stream_->send(1, {message()});
  const Error error = events_->ends.take();
  EXPECT_EQ(error.code, ErrorCode::permission_denied);
  EXPECT_EQ(error.reason, "WRONG_CERTIFICATE");
  peers_->shutdown();
  EXPECT_EQ(events_->hellos.size(), 0U);
  EXPECT_EQ(events_->ends.size(), 0U);
  EXPECT_EQ(node_.batches.size(), 0U);
}

TEST_F(PeersTest, APeerThatIsNotThereClosesTheStream) {
  PeerOptions options = peer_options();
  server_->shutdown(std::chrono::milliseconds(0));
  use(options);
  open();
  EXPECT_EQ(events_->ends.take().code, ErrorCode::unavailable);
}

TEST_F(PeersTest, AnUnknownLinkClosesTheStream) {
  use(peer_options());
  stream_ = peers_->open("nowhere", exchange::Lane::routine, events_);
  EXPECT_EQ(events_->ends.take().reason, "LINK_UNKNOWN");
}

TEST_F(PeersTest, WhoIsNoPeerIsTurnedAway) {
  PeerOptions options = peer_options();
  options.certificate = read("clients/H52.01.crt");
  options.key = read("clients/H52.01.key");
  use(options);
  open();
  EXPECT_EQ(events_->ends.take().reason, "ROLE_MISSING");
}

TEST_F(PeersTest, AHelloOfAnotherNodeIsRefused) {
  PeerOptions options = peer_options();
  options.node = code("G09");
  use(options);
  open();
  EXPECT_EQ(events_->ends.take().reason, "WRONG_NODE");
}

TEST_F(PeersTest, AnAnswerThatCannotBeReadEndsTheStream) {
  const RawPeer peer({RawPeer::hello(), kGarbage});
  PeerOptions options = peer_options();
  options.links["sonla"].address = peer.address();
  use(options);
  open();
  EXPECT_EQ(events_->hellos.take().node, code("H52"));
  stream_->send(1, {message()});
  EXPECT_EQ(events_->ends.take().reason, "MESSAGE_UNREADABLE");
}

TEST_F(PeersTest, DrainingIsHeard) {
  use(peer_options());
  open();
  events_->hellos.take();
  server_->drain();
  EXPECT_TRUE(events_->drained.take());
}

TEST_F(PeersTest, LettingGoCancelsAndIsSilentAfterwards) {
  use(peer_options());
  open();
  events_->hellos.take();
  EXPECT_EQ(node_.arrival_streams, 1);
  stream_.reset();
  peers_->shutdown();
  EXPECT_EQ(events_->ends.size(), 0U);
  server_->shutdown(std::chrono::milliseconds(0));
  EXPECT_EQ(node_.arrival_streams, 0);
}

TEST_F(PeersTest, TheServersEndIsHeardOnce) {
  use(peer_options());
  open();
  events_->hellos.take();
  server_->shutdown(std::chrono::milliseconds(0));
  EXPECT_EQ(events_->ends.take().code, ErrorCode::unavailable);
  peers_->shutdown();
  EXPECT_EQ(events_->ends.size(), 0U);
}

}  // namespace
}  // namespace tram::transport::test
