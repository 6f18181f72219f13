#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/message_proto.h"
#include "codec/verdict_json.h"
#include "tests/codec/samples.h"

namespace tram::codec {
namespace {

Verdict bad_verdict() {
  Verdict out;
  out.signed_by = SignedBy::seal;
  out.agency = samples::code("H52.01");
  out.node = samples::code("H52");
  out.certificate = Sha256::of("certificate");
  out.subject = "CN=Sở Nội vụ tỉnh Sơn La,C=VN";
  out.basis = TimeBasis::accepting_log;
  out.judged_at = from_rfc3339("2026-11-24T18:20:11.5Z").value();
  out.signature = out.certificate_binding = out.chain = out.key_usage = CheckState::good;
  out.validity = out.speaks_for = CheckState::bad;
  out.causes = {failure(ErrorCode::failed_precondition, "CERTIFICATE_EXPIRED", "the certificate had expired",
                        "renew it"),
                invalid("agency", "FOREIGN_AGENCY", "the certificate speaks for H52.02")};
  return out;
}

void expect_equal(const Verdict& a, const Verdict& b) {
  EXPECT_EQ(write_verdict(a), write_verdict(b));
  EXPECT_EQ(a.who(), b.who());
  EXPECT_EQ(a.good(), b.good());
  EXPECT_EQ(a.judged_at, b.judged_at);
  EXPECT_EQ(a.certificate, b.certificate);
  EXPECT_EQ(a.basis, b.basis);
  ASSERT_EQ(a.causes.size(), b.causes.size());
  for (std::size_t i = 0; i < a.causes.size(); ++i) {
    EXPECT_EQ(a.causes[i].code, b.causes[i].code);
    EXPECT_EQ(a.causes[i].reason, b.causes[i].reason);
    EXPECT_EQ(a.causes[i].text(), b.causes[i].text());
  }
}

TEST(Verdict, ComesBackAsWritten) {
  for (const Verdict& verdict : {bad_verdict(), Verdict()}) {
    const auto read = read_verdict(write_verdict(verdict));
    ASSERT_TRUE(read) << read.error().text();
    expect_equal(*read, verdict);
  }
}

TEST(Verdict, EachCheckKeepsItsOwnAnswer) {
  for (CheckState Verdict::*check : {&Verdict::signature, &Verdict::certificate_binding, &Verdict::chain,
                                     &Verdict::validity, &Verdict::key_usage, &Verdict::speaks_for,
                                     &Verdict::revocation, &Verdict::time_stamp, &Verdict::pdf_signatures}) {
    Verdict verdict;
    verdict.*check = CheckState::good;
    const Verdict read = read_verdict(write_verdict(verdict)).value();
    EXPECT_EQ(read.*check, CheckState::good);
    verdict.*check = CheckState::not_checked;
    EXPECT_NE(write_verdict(read), write_verdict(verdict));
  }
}

TEST(Verdict, AMappingIsKeptAndShown) {
  EXPECT_FALSE(read_verdict(write_verdict(Verdict()))->by_mapping);
  EXPECT_FALSE(to_proto(Verdict()).by_mapping());
  Verdict verdict;
  verdict.agency = samples::code("H52.01");
  verdict.by_mapping = true;
  EXPECT_TRUE(read_verdict(write_verdict(verdict))->by_mapping);
  EXPECT_TRUE(to_proto(verdict).by_mapping());
  EXPECT_EQ(to_proto(verdict).who(), "signed by the agency H52.01, by explicit mapping");
}

TEST(Verdict, OfEndlessCausesStaysBoundedAndBad) {
  Verdict verdict = bad_verdict();
  Error deep = failure(ErrorCode::failed_precondition, "X", std::string(10'000, '"'));
  deep.causes = {deep, deep};
  verdict.causes.assign(1000, deep);
  verdict.subject.assign(100'000, '\\');
  const Bytes bytes = write_verdict(verdict);
  EXPECT_LE(bytes.size(), kMaxVerdictBytes);
  const auto read = read_verdict(bytes);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->causes.size(), kMaxVerdictCauses);
  EXPECT_FALSE(read->good());
}

TEST(Verdict, DamagedIsRefused) {
  const std::string good = write_verdict(bad_verdict());
  EXPECT_FALSE(read_verdict(samples::replaced(good, "\"bad\"", "\"fine\"")));
  EXPECT_FALSE(read_verdict(samples::replaced(good, "\"checks\"", "\"x\"")));
  EXPECT_FALSE(read_verdict(samples::replaced(good, "accepting log", "guess")));
  EXPECT_FALSE(read_verdict(good.substr(0, good.size() - 1)));
  EXPECT_FALSE(read_verdict(""));
}

TEST(Verdict, IsShownInWords) {
  const v1::VerdictInfo info = to_proto(bad_verdict());
  EXPECT_FALSE(info.good());
  EXPECT_EQ(info.who(), "sealed by node H52 for the agency H52.01");
  EXPECT_EQ(info.basis(), "accepting log");
  EXPECT_EQ(info.judged_at(), "2026-11-24T18:20:11.500000Z");
  EXPECT_EQ(info.checks().size(), 9U);
  EXPECT_EQ(info.checks().at("validity"), "bad");
  EXPECT_EQ(info.checks().at("revocation"), "not checked");
  EXPECT_THAT(info.causes(), testing::ElementsAre("the certificate had expired (renew it)",
                                                  "agency: the certificate speaks for H52.02"));
}

}  // namespace
}  // namespace tram::codec
