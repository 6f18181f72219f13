// What a submission is refused for, each cause naming its field.
#include <gtest/gtest.h>

#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

using exchange::Acceptance;
using exchange::SubmissionRequest;

class SubmissionRefusal : public OneNode, public testing::Test {
 protected:
  void expect_refused(const Result<Acceptance>& answer, ErrorCode code, const std::string& reason,
                      const std::string& field = {}) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, code) << answer.error().text();
    EXPECT_EQ(answer.error().reason, reason) << answer.error().text();
    EXPECT_EQ(answer.error().field, field) << answer.error().text();
    EXPECT_EQ(h52.messages().counts().messages, 0U) << "nothing is stored of what is refused";
    ASSERT_FALSE(h52.observer().refusals().empty());
    EXPECT_EQ(h52.observer().refusals().back().where, "send");
  }
};

TEST_F(SubmissionRefusal, UnknownCertificate) {
  const auto who = node().identify(tls("nobody"));
  ASSERT_FALSE(who);
  EXPECT_EQ(who.error().code, ErrorCode::permission_denied);
  EXPECT_EQ(who.error().reason, "NOT_REGISTERED");
  EXPECT_NE(who.error().message.find(tls("nobody").hex()), std::string::npos);
}

TEST_F(SubmissionRefusal, RoleMissing) {
  const auto answer = submit(h52.who("auditor"), request(dispatch("H52.01", "d", {"H52.05"})));
  expect_refused(answer, ErrorCode::permission_denied, "ROLE_MISSING");
  EXPECT_NE(answer.error().message.find(tls("auditor").hex()), std::string::npos);
}

TEST_F(SubmissionRefusal, APeerIsNoAgency) {
  expect_refused(submit(peer(), request(dispatch("H52.01", "d", {"H52.05"}))), ErrorCode::permission_denied,
                 "ROLE_MISSING");
}

TEST_F(SubmissionRefusal, SendingAsAnotherAgency) {
  const auto answer = submit(agency("H52.05"), request(dispatch("H52.01", "d", {"H52.05"})));
  expect_refused(answer, ErrorCode::permission_denied, "FOREIGN_SENDER");
  EXPECT_NE(answer.error().message.find("H52.01"), std::string::npos);
}

TEST_F(SubmissionRefusal, RecipientUnknownToTheAuthoritativeNode) {
  expect_refused(submit(request(dispatch("H52.01", "d", {"H52.05", "H52.99"}))), ErrorCode::invalid_argument,
                 "UNKNOWN_RECIPIENT", "recipients[1]");
}

TEST_F(SubmissionRefusal, EveryUnknownRecipientIsNamed) {
  const auto answer = submit(request(dispatch("H52.01", "d", {"H52.98", "H52.99"})));
  ASSERT_FALSE(answer);
  ASSERT_EQ(answer.error().causes.size(), 2U);
  EXPECT_EQ(answer.error().causes[0].field, "recipients[0]");
  EXPECT_EQ(answer.error().causes[1].field, "recipients[1]");
}

TEST_F(SubmissionRefusal, DuplicateRecipient) {
  expect_refused(submit(request(dispatch("H52.01", "d", {"H52.05", "G09.02", "H52.05"}))),
                 ErrorCode::invalid_argument, "RECIPIENT_DUPLICATE", "recipients[2]");
}

TEST_F(SubmissionRefusal, SecretDocument) {
  Submission fields = dispatch("H52.01", "d", {"H52.05"});
  fields.secrecy = "Mật";
  expect_refused(submit(request(fields)), ErrorCode::invalid_argument, "SECRET_DOCUMENT", "secrecy");
}

TEST_F(SubmissionRefusal, EmptyField) {
  Submission fields = dispatch("H52.01", "d", {"H52.05"});
  fields.dispatch->subject.clear();
  expect_refused(submit(request(fields)), ErrorCode::invalid_argument, "FIELD_EMPTY", "subject");
}

TEST_F(SubmissionRefusal, OversizedField) {
  Submission fields = dispatch("H52.01", "d", {"H52.05"});
  fields.dispatch->subject = std::string(501, 'x');
  expect_refused(submit(request(fields)), ErrorCode::invalid_argument, "FIELD_TOO_LONG", "subject");
}

TEST_F(SubmissionRefusal, EveryWrongFieldIsNamed) {
  Submission fields = dispatch("H52.01", "d", {"H52.05"});
  fields.dispatch->subject.clear();
  fields.secrecy = "Mật";
  const auto answer = submit(request(fields));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().causes.size(), 2U);
}

TEST_F(SubmissionRefusal, AttachmentDigestMismatch) {
  File wrong = file("a.pdf", "these bytes");
  wrong.bytes = "other bytes";
  expect_refused(submit(request(dispatch("H52.01", "d", {"H52.05"}), {file("b.pdf", "b"), wrong})),
                 ErrorCode::invalid_argument, "DIGEST_MISMATCH", "attachments[1].sha256");
}

TEST_F(SubmissionRefusal, AttachmentLengthMismatch) {
  File wrong = file("a.pdf", "these bytes");
  wrong.attachment.size += 1;
  expect_refused(submit(request(dispatch("H52.01", "d", {"H52.05"}), {wrong})), ErrorCode::invalid_argument,
                 "LENGTH_MISMATCH", "attachments[0].size");
}

TEST_F(SubmissionRefusal, AttachmentWithoutContent) {
  SubmissionRequest incomplete = request(dispatch("H52.01", "d", {"H52.05"}), {file("a.pdf", "x")});
  incomplete.contents.clear();
  expect_refused(submit(incomplete), ErrorCode::invalid_argument, "CONTENT_COUNT", "contents");
}

TEST_F(SubmissionRefusal, AttachmentNotUploaded) {
  const File missing = file("a.pdf", "x");
  expect_refused(submit(request_uploaded(dispatch("H52.01", "d", {"H52.05"}), {missing})),
                 ErrorCode::invalid_argument, "CONTENT_MISSING", "attachments[0]");
}

TEST_F(SubmissionRefusal, AttachmentUploadedByAnother) {
  const File one = file("a.pdf", "x");
  upload(h52, agency("H52.05"), one);
  expect_refused(submit(request_uploaded(dispatch("H52.01", "d", {"H52.05"}), {one})),
                 ErrorCode::invalid_argument, "CONTENT_MISSING", "attachments[0]");
  upload(h52, agency("H52.01"), one);
  EXPECT_TRUE(submit(request_uploaded(dispatch("H52.01", "d", {"H52.05"}), {one})));
}

TEST_F(SubmissionRefusal, MoreInlineThanTheLimit) {
  const File one = file("a.pdf", Bytes((16 << 10) + 1, 'x'));
  expect_refused(submit(request(dispatch("H52.01", "d", {"H52.05"}), {one})), ErrorCode::invalid_argument,
                 "INLINE_TOO_LARGE", "contents");
}

TEST_F(SubmissionRefusal, SealMissing) {
  h52.crash();
  h52.register_entry(
      {tls("H52.07 qlvb"), code("H52.07"), "qlvb", "default", Roles().add(Role::agency), {}, {}, "", {}});
  h52.start();
  expect_refused(submit(agency("H52.07"), request(dispatch("H52.07", "d", {"H52.05"}))),
                 ErrorCode::failed_precondition, "SEAL_MISSING");
}

TEST_F(SubmissionRefusal, ADrainingNodeStoresNothing) {
  node().drain();
  const auto answer = submit(request(dispatch("H52.01", "d", {"H52.05"})));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  EXPECT_EQ(h52.messages().counts().messages, 0U);
}

}  // namespace
}  // namespace tram::sim
