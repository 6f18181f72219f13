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

  void write_earlier(std::size_t from, std::size_t to) {
    auto earlier = contents_.resume_upload("link:truc", attachment_.sha256, attachment_.size, from).value();
    EXPECT_TRUE(earlier->write(bytes_.substr(from, to - from)));
    EXPECT_TRUE(earlier->finish());
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
  write_earlier(0, 1000);
  EXPECT_TRUE(upload(peer_options()));
  EXPECT_TRUE(there().complete);
}

// An earlier try has broken off for its sender, and the peer still stores what it has of it.
TEST_F(UploadTest, GoesOnThoughAnEarlierTryAppendsMeanwhile) {
  write_earlier(0, 1000);
  contents_.before_resuming = [this] { write_earlier(1000, 2000); };
  const auto done = upload(peer_options());
  EXPECT_TRUE(done) << done.error().text();
  EXPECT_TRUE(there().complete);
}

TEST_F(UploadTest, IsDoneIfAnEarlierTryCompletesItMeanwhile) {
  write_earlier(0, 1000);
  contents_.before_resuming = [this] { write_earlier(1000, bytes_.size()); };
  const auto done = upload(peer_options());
  EXPECT_TRUE(done) << done.error().text();
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
