// Documents that the agency signed itself: what their signatures are refused for.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

using exchange::SignedSubmission;

class AgencySigned : public OneNode, public testing::Test {
 protected:
  SignedSubmission make(const PracticeCertificate& certificate, Duration clock_is_off = {}) {
    return sign(dispatch("H52.01", "d", {"H52.05"}), world.now() + clock_is_off, certificate);
  }
  Result<exchange::Acceptance> send(SignedSubmission submission) {
    return submit({std::move(submission), {}});
  }
  void expect_refused(SignedSubmission submission, const std::string& cause) {
    const auto answer = send(std::move(submission));
    ASSERT_FALSE(answer);
    const Error& error = answer.error();
    EXPECT_EQ(error.code, ErrorCode::failed_precondition) << error.text();
    const bool named =
        error.reason == cause || std::any_of(error.causes.begin(), error.causes.end(),
                                             [&](const Error& e) { return e.reason == cause; });
    EXPECT_TRUE(named) << error.text();
    EXPECT_EQ(h52.messages().counts().messages, 0U);
  }
  const PracticeCertificate good = seal_of(code("H52.01"));
};

TEST_F(AgencySigned, IsAcceptedAndKeptVerbatim) {
  const SignedSubmission one = make(good);
  const auto answer = send(one);
  ASSERT_TRUE(answer) << answer.error().text();
  const auto stored = h52.messages().load(h52.messages().find(answer->key)->row);
  EXPECT_EQ(stored->header, one.header);
  EXPECT_EQ(stored->signature, one.signature);
  EXPECT_EQ(h52.messages().certificate(good.sha256()), good.der());
}

TEST_F(AgencySigned, TheCertificateMayBeEmbedded) {
  SignedSubmission one = make(good);
  one.signature += "\n" + std::exchange(one.certificate, {});
  const auto answer = send(one);
  ASSERT_TRUE(answer) << answer.error().text();
  const auto stored = h52.messages().load(h52.messages().find(answer->key)->row);
  EXPECT_EQ(stored->signature.find('\n'), Bytes::npos) << "certificates travel apart";
}

TEST_F(AgencySigned, BadSignature) {
  SignedSubmission one = make(good);
  one.signature.back() = one.signature.back() == '0' ? '1' : '0';
  expect_refused(one, "SIGNATURE_WRONG");
}

TEST_F(AgencySigned, ChangedHeader) {
  SignedSubmission one = make(good);
  const auto at = one.header.find("UBND-NC");
  ASSERT_NE(at, Bytes::npos);
  one.header[at] = 'V';
  expect_refused(one, "SIGNATURE_WRONG");
}

TEST_F(AgencySigned, ForeignAgency) { expect_refused(make(seal_of(code("H52.05"))), "FOREIGN_AGENCY"); }

TEST_F(AgencySigned, ExpiredCertificate) {
  PracticeCertificate expired = good;
  expired.not_after = world.now() - std::chrono::seconds(1);
  expect_refused(make(expired), "CERTIFICATE_EXPIRED");
}

TEST_F(AgencySigned, UntrustedCertificate) {
  PracticeCertificate untrusted = good;
  untrusted.trusted = false;
  expect_refused(make(untrusted), "CHAIN_UNTRUSTED");
}

TEST_F(AgencySigned, SigningTimeOutOfBounds) {
  expect_refused(make(good, std::chrono::minutes(6)), "SIGNING_TIME_OUT_OF_BOUNDS");
  run(std::chrono::minutes(20));
  expect_refused(make(good, -std::chrono::minutes(6)), "SIGNING_TIME_OUT_OF_BOUNDS");
  EXPECT_TRUE(send(make(good, -std::chrono::minutes(4))));
}

TEST_F(AgencySigned, EveryCauseIsNamed) {
  PracticeCertificate wrong = seal_of(code("H52.05"));
  wrong.trusted = false;
  wrong.not_after = world.now() - std::chrono::seconds(1);
  const auto answer = send(make(wrong));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, "SIGNATURE_REFUSED");
  EXPECT_EQ(answer.error().causes.size(), 3U) << answer.error().text();
}

TEST_F(AgencySigned, GarbageIsNoSignatureAndNoCertificate) {
  SignedSubmission one = make(good);
  one.signature = "garbage";
  auto answer = send(one);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::invalid_argument);
  one = make(good);
  one.certificate = "garbage";
  answer = send(one);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::invalid_argument);
}

// Anybody can make certificates: those of refused submissions must fill neither the store nor the memory.
TEST_F(AgencySigned, ACertificateOfARefusedSubmissionLeavesNoTrace) {
  PracticeCertificate fresh = good;  // the other is in the store as a seal
  fresh.serial = 77;
  SignedSubmission refused = make(fresh);
  refused.signature.back() = refused.signature.back() == '0' ? '1' : '0';
  ASSERT_FALSE(send(refused));
  run();
  EXPECT_FALSE(h52.messages().certificate(fresh.sha256()));
  ASSERT_TRUE(send(make(fresh))) << "and it is none the worse for that";
  EXPECT_EQ(h52.messages().certificate(fresh.sha256()), fresh.der());
}

TEST_F(AgencySigned, AnExpiredSealSealsNothing) {
  PracticeCertificate expired = good;
  expired.not_after = world.now() - std::chrono::seconds(1);
  h52.seals().entrust(code("H52.01"), expired);
  const auto answer = submit(request(dispatch("H52.01", "d", {"H52.05"})));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::failed_precondition);
  ASSERT_EQ(answer.error().causes.size(), 1U);
  EXPECT_EQ(answer.error().causes[0].reason, "CERTIFICATE_EXPIRED");
}

}  // namespace
}  // namespace tram::sim
