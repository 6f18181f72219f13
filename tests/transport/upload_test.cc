// Uploads to peers.
#include "tests/transport/fixtures.h"
#include "transport/limits.h"

namespace tram::transport::test {
namespace {

class UploadTest : public ServerTest {
 protected:
  UploadTest() {
    attachment_.size = bytes_.size();
    attachment_.sha256 = Sha256::of(bytes_);
    location_ = ours_.append(bytes_).value();
  }
  Result<void> upload(const PeerOptions& options) {
    GrpcPeers peers(options, ours_, workers_, timers_, clock_);
    Mailbox<Result<void>> done;
    peers.upload("sonla", attachment_, location_, [&](const Result<void>& result) { done.put(result); });
    return done.take();
  }
  exchange::UploadState there() {
    return contents_.upload_state("link:truc", attachment_.sha256, attachment_.size).value();
  }

  const std::string bytes_ = std::string(2 * kMaxChunk, 'z') + "the end";
  WatchedContents ours_;
  Attachment attachment_;
  exchange::ContentLocation location_;
};

TEST_F(UploadTest, Uploads) {
  const auto done = upload(peer_options());
  EXPECT_TRUE(done) << done.error().text();
  EXPECT_TRUE(there().complete);
  EXPECT_TRUE(upload(peer_options()));  // it is there already
}

TEST_F(UploadTest, GoesOnWhereAnEarlierTryBrokeOff) {
  auto earlier = contents_.resume_upload("link:truc", attachment_.sha256, attachment_.size, 0).value();
  ASSERT_TRUE(earlier->write(bytes_.substr(0, 1000)));
  ASSERT_TRUE(earlier->finish());
  earlier.reset();
  EXPECT_TRUE(upload(peer_options()));
  EXPECT_TRUE(there().complete);
}

TEST_F(UploadTest, NothingGoesToAnotherCertificate) {
  PeerOptions options = peer_options();
  options.links["sonla"].certificate = fingerprint("nodes/truc");
  const auto done = upload(options);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, "WRONG_CERTIFICATE");
  EXPECT_EQ(there().stored, 0U);
}

TEST_F(UploadTest, ContentThatIsGoneEndsTheUpload) {
  location_.length = 10;
  const auto done = upload(peer_options());
  ASSERT_FALSE(done);
  EXPECT_FALSE(there().complete);
}

TEST_F(UploadTest, APeerThatIsNotThere) {
  const PeerOptions options = peer_options();
  server_->shutdown(std::chrono::milliseconds(0));
  const auto done = upload(options);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace tram::transport::test
