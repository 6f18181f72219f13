// Verdicts over whole containers, and the report as people read it.
#include "evidence/container.h"
#include "evidence/manifest.h"
#include "tests/evidence/fixtures.h"
#include "tests/evidence/raw_zip.h"
#include "trust/cms.h"
#include "trust/issuers.h"

namespace tram::evidence::test {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kSignature(kSignatureMember);

TEST(Report, ReadsAsASummary) {
  const Folder folder;
  const Sample sample;
  const std::string text = to_text(verify(folder, sample.write(), sample.trust));
  EXPECT_THAT(text, HasSubstr("message    0193a5b8-demo from H52.01 to G09.02, H52.05"));
  EXPECT_THAT(text, HasSubstr("sealed by node H52 for the agency H52.01: good"));
  EXPECT_THAT(text, HasSubstr("not checked  revocation"));
  EXPECT_THAT(text, HasSubstr("content/Quyết định số 125.pdf"));
  EXPECT_THAT(text, HasSubstr("ContentHandover by node G09"));
  EXPECT_THAT(text, HasSubstr("GOOD: the document is what was signed, and every receipt is proven\n"));
}

TEST(Report, OfAFileThatIsNoContainerSaysThatAlone) {
  const Folder folder;
  const ContainerReport report = verify(folder, "%PDF-1.7 no container", Sample().trust);
  const std::string text = to_text(report);
  EXPECT_THAT(text, HasSubstr("cannot be read as a container"));
  EXPECT_THAT(text, HasSubstr("REFUSED"));
  EXPECT_THAT(text, Not(HasSubstr("signature")));
  EXPECT_THAT(text, Not(HasSubstr("receipts")));
}

TEST(Report, MakesHostileNamesSafeToPrint) {
  const Folder folder;
  const Sample sample;
  auto members = members_of(sample.write());
  members.push_back(stored("content/\x1b[2J\xE2\x80\xAEgpj.exe", "x"));
  members.push_back(stored("content/" + std::string(5000, 'a'), "x"));
  const std::string text = to_text(verify(folder, raw_zip(members), sample.trust));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\xE2\x80\xAE")));
  EXPECT_THAT(text, Not(HasSubstr(std::string(400, 'a'))));
  EXPECT_THAT(text, HasSubstr("REFUSED"));
}

TEST(Report, AForeignAgencysSignatureIsRefused) {
  const Folder folder;
  Sample sample;
  sample.seal("H52.05");
  sample.prove();
  EXPECT_THAT(causes(verify(folder, sample.write(), sample.trust)),
              ElementsAre(kSignature + ": FOREIGN_AGENCY"));
  // Unless whoever verifies knows that this certificate speaks for it.
  const Digest signer = sample.parts.certificates[0]->sha256();
  sample.trust.mapped = [&](const Digest& certificate, const AgencyCode& agency) {
    return certificate == signer && agency == code("H52.01");
  };
  const ContainerReport mapped = verify(folder, sample.write(), sample.trust);
  EXPECT_TRUE(mapped.acceptable());
  EXPECT_THAT(to_text(mapped), HasSubstr("for the agency H52.01, by explicit mapping: good"));
}

TEST(Report, AnUnknownRootIsRefused) {
  const Folder folder;
  Sample sample;
  sample.trust.roots = {certificate("ca/tls.crt")};
  EXPECT_THAT(named(verify(folder, sample.write(), sample.trust)), Each(kSignature));
  EXPECT_FALSE(verify(folder, sample.write(), sample.trust).acceptable());
}

TEST(Report, AHeaderSignedAtAnotherTimeThanItSaysIsRefused) {
  const Folder folder;
  Sample sample;
  const auto key = trust::SigningKey::load_files(pki("seals/H52.01.key"), pki("seals/H52.01.crt")).value();
  sample.parts.signature =
      key.sign(derive_manifest(Sha256::of(sample.parts.header), sample.parts.attachments),
               sample.header.signed_at + std::chrono::minutes(1))
          .value();
  EXPECT_THAT(causes(verify(folder, sample.write(), sample.trust)),
              ElementsAre(kSignature + ": SIGNING_TIME_MISMATCH"));
}

TEST(Report, CertificatesAreTheSignersPathAndNoMore) {
  const Folder folder;
  Sample sample;
  sample.parts.certificates.push_back(certificate("seals/H52.05.crt"));
  EXPECT_THAT(causes(verify(folder, sample.write(), sample.trust)),
              ElementsAre(kSignature + ": CERTIFICATE_UNRELATED"));
  sample.parts.certificates = {certificate("intermediates.pem")};
  EXPECT_THAT(causes(verify(folder, sample.write(), sample.trust)),
              Contains(kSignature + ": CERTIFICATE_UNKNOWN"));
}

TEST(Report, OfManyCasThoseAreExportedThatTheSignersPathHas) {
  const Folder folder;
  Sample sample;
  const std::vector<trust::CertificatePtr> known{certificate("ca/tls.crt"), certificate("roots.pem"),
                                                 certificate("intermediates.pem")};
  sample.parts.certificates =
      trust::with_issuers(sample.parts.certificates[0], known, sample.header.signed_at);
  EXPECT_TRUE(verify(folder, sample.write(), sample.trust).acceptable());
}

// The verifier has another certificate of the same CA: both lead to the root, and the one here is taken.
TEST(Report, ACaThatWasCertifiedAgainIsNotUnrelated) {
  const Folder folder;
  Sample sample;
  write_file(folder / "certify",
             "source " TRAM_SOURCE_DIR
             "/certs/lib.sh\ncertify \"$1/agencies.key\" \"$2\" \"$1/root\" "
             "$'C = VN\\nO = Trạm practice PKI\\nCN = Practice CA for agencies' \"$ca_extensions\"\n");
  const Ran ran = run("bash " + (folder / "certify") + " " + pki("ca") + " " + (folder / "again.crt"));
  ASSERT_TRUE(ran.ok) << ran.output;
  const auto again = trust::Certificate::from_pem(read_file(folder / "again.crt")).value();
  ASSERT_EQ(again->subject(), certificate("intermediates.pem")->subject());
  sample.trust.intermediates = {again};
  sample.trust.now = again->not_before() + std::chrono::hours(1);  // both hold
  sample.parts.receipts.clear();
  EXPECT_THAT(causes(verify(folder, sample.write(), sample.trust)), testing::IsEmpty());
}

TEST(Report, IntermediatesMayComeFromTheVerifier) {
  const Folder folder;
  Sample sample;
  sample.parts.certificates.pop_back();
  EXPECT_THAT(named(verify(folder, sample.write(), sample.trust)), Contains(kSignature));
  sample.trust.intermediates = {certificate("intermediates.pem")};
  EXPECT_TRUE(verify(folder, sample.write(), sample.trust).acceptable());
}

/// A container in which two things agree with each other and not with the third.
struct Mixture {
  Mixture() {
    other.header.submission.dispatch->subject = "Một văn bản khác";
    other.seal();
    other.prove();
    mine = members_of(sample.write());
    theirs = members_of(other.write());
  }
  /// Mine, with the other message's members at these places.
  ContainerReport with(std::initializer_list<std::size_t> places) const {
    auto members = mine;
    for (const std::size_t place : places) members[place] = theirs[place];
    return verify(folder, raw_zip(members), sample.trust);
  }
  Folder folder;
  Sample sample, other;
  std::vector<RawMember> mine, theirs;
};

constexpr std::size_t kHeader = 1, kManifest = 4, kP7s = 5;

TEST(Report, NamesTheOneOfThreeThatDoesNotFit) {
  const Mixture mixture;
  EXPECT_THAT(causes(mixture.with({kHeader})), ElementsAre("header.json: HEADER_NOT_SIGNED"));
  EXPECT_THAT(causes(mixture.with({kManifest})),
              ElementsAre("META-INF/ASiCManifest001.xml: MANIFEST_MISMATCH"));
  EXPECT_THAT(causes(mixture.with({kP7s})), ElementsAre(kSignature + ": SIGNATURE_INVALID"));
}

TEST(Report, ReceiptsOfAnotherMessageDoNotFit) {
  const Mixture mixture;
  const ContainerReport report = mixture.with({kHeader, kManifest, kP7s});
  EXPECT_EQ(report.document, CheckState::good);
  EXPECT_EQ(report.receipts_state, CheckState::bad);
  EXPECT_THAT(named(report), Each(testing::StartsWith("META-INF/receipts/")));
}

}  // namespace
}  // namespace tram::evidence::test
