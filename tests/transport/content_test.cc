// Content.Query, Put and Get.
#include <tram/v1/content.grpc.pb.h>

#include "tests/transport/fixtures.h"
#include "transport/limits.h"

namespace tram::transport::test {
namespace {

class ContentTest : public ServerTest {
 protected:
  ContentTest() : stub_(v1::Content::NewStub(channel("clients/H52.01"))) {}

  Attachment file() const {
    Attachment out;
    out.name = "lon.bin";
    out.size = bytes_.size();
    out.sha256 = Sha256::of(bytes_);
    return out;
  }
  v1::ContentQuery query() const {
    v1::ContentQuery out;
    out.set_sha256(Bytes(Sha256::of(bytes_).bytes()));
    out.set_size(bytes_.size());
    return out;
  }
  v1::ContentState state() {
    grpc::ClientContext context;
    v1::ContentState out;
    EXPECT_TRUE(stub_->Query(&context, query(), &out).ok());
    return out;
  }
  static v1::PutRequest first(const v1::ContentQuery& content, std::uint64_t offset,
                              const std::string& chunk) {
    v1::PutRequest out;
    *out.mutable_content() = content;
    out.set_offset(offset);
    out.set_chunk(chunk);
    return out;
  }
  grpc::Status put(std::uint64_t offset, v1::ContentState* state) {
    grpc::ClientContext context;
    auto writer = stub_->Put(&context, state);
    v1::PutRequest request = first(query(), offset, bytes_.substr(offset, kChunk));
    while (writer->Write(request)) {
      offset += request.chunk().size();
      if (offset >= bytes_.size()) break;
      request.Clear();
      request.set_chunk(bytes_.substr(offset, kChunk));
    }
    writer->WritesDone();
    return writer->Finish();
  }

  const std::string bytes_ = std::string(3 * kMaxChunk, 'x') + "the end";
  std::unique_ptr<v1::Content::Stub> stub_;
};

TEST_F(ContentTest, UploadsUnderTheCallersAgency) {
  EXPECT_EQ(state().stored(), 0U);
  v1::ContentState done;
  ASSERT_TRUE(put(0, &done).ok());
  EXPECT_TRUE(done.complete());
  EXPECT_TRUE(state().complete());
  EXPECT_TRUE(contents_.uploaded("agency:H52.01", Sha256::of(bytes_), bytes_.size()).has_value());
}

TEST_F(ContentTest, AClientThatVanishesLeavesAPrefixToGoOnFrom) {
  grpc::ClientContext context;
  v1::ContentState unused;
  auto writer = stub_->Put(&context, &unused);
  ASSERT_TRUE(writer->Write(first(query(), 0, bytes_.substr(0, kMaxChunk))));
  // A second writer is refused as long as the first is stored or kept open: that is how we see that it is
  // gone.
  EXPECT_EQ(contents_.written.take(), kMaxChunk);
  context.TryCancel();
  EXPECT_FALSE(writer->Finish().ok());
  server_->shutdown(std::chrono::milliseconds(0));
  const auto left = contents_.upload_state("agency:H52.01", Sha256::of(bytes_), bytes_.size()).value();
  EXPECT_EQ(left.stored, kMaxChunk);
  EXPECT_FALSE(left.complete);
}

TEST_F(ContentTest, ResumesWhereAnEndedPutStopped) {
  grpc::ClientContext context;
  v1::ContentState part;
  auto writer = stub_->Put(&context, &part);
  ASSERT_TRUE(writer->Write(first(query(), 0, bytes_.substr(0, kMaxChunk))));
  writer->WritesDone();
  ASSERT_TRUE(writer->Finish().ok());
  EXPECT_EQ(part.stored(), kMaxChunk);
  EXPECT_FALSE(part.complete());
  v1::ContentState done;
  EXPECT_EQ(error_of(put(5, &done)).code, ErrorCode::failed_precondition);
  ASSERT_TRUE(put(state().stored(), &done).ok());
  EXPECT_TRUE(done.complete());
}

TEST_F(ContentTest, AnotherDigestIsRefused) {
  v1::ContentQuery wrong = query();
  wrong.set_sha256(Bytes(Sha256::of("other").bytes()));
  wrong.set_size(5);
  grpc::ClientContext context;
  v1::ContentState unused;
  auto writer = stub_->Put(&context, &unused);
  ASSERT_TRUE(writer->Write(first(wrong, 0, "wrong")));
  writer->WritesDone();
  EXPECT_EQ(error_of(writer->Finish()).reason, "DIGEST_MISMATCH");
}

TEST_F(ContentTest, ChunksAreBounded) {
  grpc::ClientContext context;
  v1::ContentState unused;
  auto writer = stub_->Put(&context, &unused);
  ASSERT_TRUE(writer->Write(first(query(), 0, bytes_.substr(0, kMaxChunk + 1))));
  writer->WritesDone();
  EXPECT_EQ(error_of(writer->Finish()).reason, "CHUNK_TOO_LARGE");
}

TEST_F(ContentTest, AnEmptyPutIsRefused) {
  grpc::ClientContext context;
  v1::ContentState unused;
  auto writer = stub_->Put(&context, &unused);
  writer->WritesDone();
  EXPECT_EQ(error_of(writer->Finish()).field, "content");
}

TEST_F(ContentTest, OperatorsUploadNothing) {
  grpc::ClientContext context;
  v1::ContentState unused;
  auto writer = v1::Content::NewStub(channel("clients/sonla-operator"))->Put(&context, &unused);
  EXPECT_EQ(error_of(writer->Finish()).reason, "ROLE_MISSING");
}

TEST_F(ContentTest, DownloadsFromAnOffset) {
  node_.the_attachment = {file(), contents_.append(bytes_).value()};
  grpc::ClientContext context;
  v1::GetRequest request;
  request.set_delivery_id("known");
  request.set_offset(10);
  auto reader = stub_->Get(&context, request);
  std::string got;
  for (v1::GetResponse response; reader->Read(&response);) {
    EXPECT_LE(response.chunk().size(), kMaxChunk);
    got += response.chunk();
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_TRUE(got == bytes_.substr(10));
}

TEST_F(ContentTest, WhatIsNotWhatWasSignedIsNotGivenWhole) {
  std::string other = bytes_;
  other[20] ^= 1;
  node_.the_attachment = {file(), contents_.append(other).value()};
  for (const std::uint64_t offset : {0U, 10U, 100U}) {
    grpc::ClientContext context;
    v1::GetRequest request;
    request.set_delivery_id("known");
    request.set_offset(offset);
    auto reader = stub_->Get(&context, request);
    std::uint64_t got = offset;
    for (v1::GetResponse response; reader->Read(&response);) got += response.chunk().size();
    const Error error = error_of(reader->Finish());
    EXPECT_EQ(error.code, ErrorCode::data_loss);
    EXPECT_EQ(error.reason, "CONTENT_DAMAGED");
    EXPECT_NE(error.message.find(node_.the_attachment.attachment.name), std::string::npos);
    EXPECT_LT(got, other.size());
    EXPECT_EQ(node_.alarms().raised.take().first, AlarmKind::content_unreadable);
  }
}

TEST_F(ContentTest, WhatWasNotHandedOverIsNotFound) {
  grpc::ClientContext context;
  v1::GetRequest request;
  request.set_delivery_id("another's");
  auto reader = stub_->Get(&context, request);
  v1::GetResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(error_of(reader->Finish()).code, ErrorCode::not_found);
}

}  // namespace
}  // namespace tram::transport::test
