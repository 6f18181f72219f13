// Audit, and Exchange.Track.
#include <tram/v1/audit.grpc.pb.h>
#include <tram/v1/exchange.grpc.pb.h>

#include "tests/transport/fixtures.h"
#include "transport/limits.h"

namespace tram::transport::test {
namespace {

class AuditTest : public ServerTest {
 protected:
  AuditTest() : stub_(v1::Audit::NewStub(channel("clients/sonla-auditor"))) {}
  std::unique_ptr<v1::Audit::Stub> stub_;
};

TEST_F(AuditTest, ExportsTheEvidenceThenEachAttachment) {
  const std::string large(kChunk + 3, 'y');
  auto& parts = node_.the_evidence;
  parts.message.header = "the header";
  parts.message.signature = "the signature";
  parts.message.contents = {contents_.append(large).value(), contents_.append("").value()};
  parts.header.submission.attachments.resize(2);
  parts.header.submission.attachments[0].sha256 = Sha256::of(large);
  parts.header.submission.attachments[1].sha256 = Sha256::of("");
  parts.certificate = "the certificate";
  parts.receipts.push_back({"H52.tram.example/log", "a note", {}});
  const auto log = log::VerifierKey::make("H52.tram.example/log",
                                          trust::Ed25519PrivateKey::generate().value().public_key());
  parts.log_keys.push_back(log.value());

  grpc::ClientContext context;
  v1::ExportRequest request;
  request.mutable_key()->set_sender("H52.01");
  request.mutable_key()->set_id("known");
  auto reader = stub_->Export(&context, request);
  v1::ExportPart part;
  ASSERT_TRUE(reader->Read(&part));
  EXPECT_EQ(part.evidence().signed_().certificate(), "the certificate");
  EXPECT_EQ(part.evidence().intermediates(0), "an intermediate");
  EXPECT_EQ(part.evidence().receipts(0).checkpoint().note(), "a note");
  ASSERT_EQ(part.evidence().log_keys_size(), 1);
  EXPECT_EQ(part.evidence().log_keys(0), log->vkey());
  ASSERT_TRUE(reader->Read(&part));
  EXPECT_EQ(part.chunk().data().size(), kChunk);
  EXPECT_FALSE(part.chunk().last());
  ASSERT_TRUE(reader->Read(&part));
  EXPECT_EQ(part.chunk().data(), "yyy");
  EXPECT_TRUE(part.chunk().last());
  ASSERT_TRUE(reader->Read(&part));
  EXPECT_EQ(part.chunk().attachment(), 1U);
  EXPECT_TRUE(part.chunk().data().empty());
  EXPECT_TRUE(part.chunk().last());
  EXPECT_FALSE(reader->Read(&part));
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(AuditTest, ExportsNoAttachmentThatIsNotWhatWasSigned) {
  auto& parts = node_.the_evidence;
  parts.message.contents = {contents_.append("changed").value()};
  parts.header.submission.attachments.resize(1);
  parts.header.submission.attachments[0].name = "quyet-dinh.pdf";
  parts.header.submission.attachments[0].sha256 = Sha256::of("as it was signed");
  grpc::ClientContext context;
  v1::ExportRequest request;
  request.mutable_key()->set_sender("H52.01");
  request.mutable_key()->set_id("known");
  auto reader = stub_->Export(&context, request);
  v1::ExportPart part;
  ASSERT_TRUE(reader->Read(&part));
  EXPECT_FALSE(reader->Read(&part));
  const Error error = error_of(reader->Finish());
  EXPECT_EQ(error.code, ErrorCode::data_loss);
  EXPECT_NE(error.message.find("quyet-dinh.pdf"), std::string::npos);
  const auto raised = node_.alarms().raised.take();
  EXPECT_EQ(raised.first, AlarmKind::content_unreadable);
  EXPECT_EQ(raised.second, "H52.01/known");
}

TEST_F(AuditTest, OfPrunedAttachmentsTheEvidenceIsExportedAndThenTheReason) {
  auto& parts = node_.the_evidence;
  parts.message.header = "the header";
  parts.message.contents.clear();
  parts.message.contents_pruned_at = from_micros(1'790'000'000'000'000);
  parts.header.submission.attachments.resize(1);
  grpc::ClientContext context;
  v1::ExportRequest request;
  request.mutable_key()->set_sender("H52.01");
  request.mutable_key()->set_id("known");
  auto reader = stub_->Export(&context, request);
  v1::ExportPart part;
  ASSERT_TRUE(reader->Read(&part));
  EXPECT_FALSE(part.evidence().signed_().header().empty());
  EXPECT_FALSE(reader->Read(&part));
  const Error error = error_of(reader->Finish());
  EXPECT_EQ(error.reason, "CONTENT_PRUNED");
  EXPECT_NE(error.remedy.find("--attachments"), std::string::npos);
  EXPECT_EQ(node_.alarms().raised.size(), 0U) << "nothing is damaged";
}

TEST_F(AuditTest, TellsNobodyWhatDoesNotConcernThem) {
  grpc::ClientContext context;
  v1::ExportRequest request;
  request.mutable_key()->set_sender("H52.01");
  request.mutable_key()->set_id("another");
  auto reader = stub_->Export(&context, request);
  v1::ExportPart part;
  EXPECT_FALSE(reader->Read(&part));
  EXPECT_EQ(error_of(reader->Finish()).reason, "MESSAGE_UNKNOWN");
}

TEST_F(AuditTest, GivesTheCheckpoint) {
  grpc::ClientContext context;
  v1::Checkpoint checkpoint;
  ASSERT_TRUE(stub_->GetCheckpoint(&context, {}, &checkpoint).ok());
  EXPECT_EQ(checkpoint.origin(), "H52.tram.example/log");
  EXPECT_EQ(checkpoint.note(), "a signed note");
}

TEST_F(AuditTest, TracksAMessage) {
  grpc::ClientContext context;
  v1::TrackRequest request;
  request.mutable_key()->set_sender("H52.01");
  request.mutable_key()->set_id("known");
  v1::TrackResponse response;
  ASSERT_TRUE(v1::Exchange::NewStub(channel("clients/H52.01"))->Track(&context, request, &response).ok());
  EXPECT_EQ(response.recipients(0).state(), "in the inbox");
  EXPECT_EQ(response.recipients(0).last_status(), 1U);
  EXPECT_TRUE(response.events(0).proven());
}

}  // namespace
}  // namespace tram::transport::test
