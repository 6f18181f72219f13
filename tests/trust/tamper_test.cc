// No bit of a signature can be flipped unnoticed, in the wire form or in the exported one.
#include "tests/trust/fixtures.h"
#include "trust/cms.h"

namespace tram::trust {
namespace {

using test::certificate;

template <class Check>
void flip_every_bit(const Bytes& original, const Check& accepts) {
  ASSERT_TRUE(accepts(original));
  for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
    Bytes flipped = original;
    flipped[bit / 8] = static_cast<char>(static_cast<unsigned char>(flipped[bit / 8]) ^ (1U << bit % 8));
    EXPECT_FALSE(accepts(flipped)) << "bit " << bit % 8 << " of byte " << bit / 8;
  }
}

class Tamper : public ::testing::TestWithParam<const char*> {};

TEST_P(Tamper, EveryBitOfTheWireFormCounts) {
  test::Signed document(GetParam());
  flip_every_bit(document.signature, [&](const Bytes& signature) {
    document.claim.signature = signature;
    const Verdict verdict = test::verifier().verify(document.claim);
    EXPECT_EQ(verdict.good(), verdict.causes.empty());
    return verdict.good();
  });
}

INSTANTIATE_TEST_SUITE_P(Keys, Tamper, ::testing::Values("p256", "rsa2048"));

// What an auditor's tool does with an export that it has nothing beside but the roots.
bool accepts_export(const Bytes& exported, const test::Signed& document) {
  const auto stripped = strip_certificates(exported);
  if (!stripped) return false;
  const auto parts = inspect(stripped->signature);
  CertificatePtr signer;
  std::vector<CertificatePtr> issuers;
  for (const Bytes& der : stripped->certificates) {
    auto each = Certificate::from_der(der);
    if (!each) return false;
    (parts && (*each)->sha256() == parts->certificate ? signer : issuers.emplace_back()) = *each;
  }
  if (signer == nullptr) return false;
  const Verifier verifier({test::root()}, issuers);
  SignatureToVerify claim = document.claim;
  claim.signature = stripped->signature;
  claim.certificate = signer;
  if (!verifier.verify(claim).good()) return false;
  auto path = verifier.path_of(signer, claim.judged_at).value();
  path.pop_back();  // the root does not travel
  const auto again = with_certificates(stripped->signature, path);
  return again && *again == exported;
}

TEST(Tamper, EveryBitOfTheExportCounts) {
  const test::Signed document("p256");
  const Bytes exported =
      with_certificates(document.signature, {certificate("p256"), test::agencies_ca()}).value();
  flip_every_bit(exported, [&](const Bytes& bytes) { return accepts_export(bytes, document); });
}

TEST(Tamper, EveryBitOfTheContentCounts) {
  test::Signed document("p256");
  flip_every_bit(test::kContent, [&](const Bytes& content) {
    document.claim.content = content;
    return test::verifier().verify(document.claim).good();
  });
}

}  // namespace
}  // namespace tram::trust
