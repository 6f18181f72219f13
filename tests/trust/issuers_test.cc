// Of many CA certificates those between a signer and its root.
#include "trust/issuers.h"

#include <algorithm>

#include "tests/trust/fixtures.h"
#include "tests/trust/made_ca.h"
#include "trust/cms.h"

namespace tram::trust {
namespace {

using test::MadeCa;
using ::testing::ElementsAre;
using Certificates = std::vector<CertificatePtr>;

/// A signer below an issuing CA, a policy CA and a root.
struct Hierarchy {
  MadeCa root{"root"}, policy{"policy"}, issuing{"issuing"}, signer{"signer"};
  CertificatePtr its_root = root.root();
  CertificatePtr above = policy.certified_by(root);
  CertificatePtr issuer = issuing.certified_by(policy);
  CertificatePtr leaf = signer.certified_by(issuing);
};

const Timestamp kThen = test::noon(2026, 6, 1);

TEST(Issuers, ArePutInTheirOrderUpToBelowTheRoot) {
  const Hierarchy all;
  EXPECT_EQ(with_issuers(all.leaf, {all.its_root, all.above, all.issuer}, kThen),
            (Certificates{all.leaf, all.issuer, all.above}));
  EXPECT_EQ(with_issuers(all.leaf, {all.issuer, all.above}, kThen),
            (Certificates{all.leaf, all.issuer, all.above}));
}

TEST(Issuers, EndWhereNoneIsKnown) {
  const Hierarchy all;
  EXPECT_EQ(with_issuers(all.leaf, {}, kThen), Certificates{all.leaf});
  EXPECT_EQ(with_issuers(all.leaf, {all.above}, kThen), Certificates{all.leaf});
  EXPECT_EQ(with_issuers(all.its_root, {all.its_root, all.above}, kThen), Certificates{all.its_root});
}

TEST(Issuers, OfOtherSignersAreLeftOut) {
  const Hierarchy all;
  Certificates known{all.its_root, all.above, all.issuer};
  for (int i = 0; i < 40; ++i)
    known.insert(known.begin(), MadeCa("other " + std::to_string(i)).certified_by(all.policy));
  EXPECT_EQ(with_issuers(all.leaf, known, kThen), (Certificates{all.leaf, all.issuer, all.above}));
}

TEST(Issuers, OfTheSameNameAreToldApartByTheirKeys) {
  const Hierarchy all;
  Certificates known{all.above};
  for (int i = 0; i < 40; ++i) known.push_back(MadeCa("issuing").certified_by(all.policy));
  known.insert(known.begin() + 20, all.issuer);
  EXPECT_EQ(with_issuers(all.leaf, known, kThen), (Certificates{all.leaf, all.issuer, all.above}));
  std::erase(known, all.issuer);
  EXPECT_EQ(with_issuers(all.leaf, known, kThen), Certificates{all.leaf});
}

TEST(Issuers, MustHaveTheRightToCertify) {
  const auto under_seal = test::certificate("under-seal");
  EXPECT_EQ(with_issuers(under_seal, {test::certificate("p256"), test::agencies_ca()}, test::now()),
            Certificates{under_seal});
}

TEST(Issuers, CertifiedAgainGoByValidityThenByTheirEnd) {
  const Hierarchy all;
  const CertificatePtr ended = all.issuing.certified_by(all.policy, 10);
  const CertificatePtr renewed = all.issuing.certified_by(all.policy, 1000);
  const CertificatePtr not_yet = all.issuing.certified_by(all.policy, 2000, 300);
  Certificates known{ended, all.issuer, renewed, not_yet};
  std::sort(known.begin(), known.end());
  do {
    EXPECT_THAT(with_issuers(all.leaf, known, kThen), ElementsAre(all.leaf, renewed));
  } while (std::next_permutation(known.begin(), known.end()));
  EXPECT_THAT(with_issuers(all.leaf, {all.issuer, ended}, kThen), ElementsAre(all.leaf, all.issuer));
  EXPECT_THAT(with_issuers(all.leaf, {ended}, kThen), ElementsAre(all.leaf, ended))
      << "whether it held is the verifier's question";
}

TEST(Issuers, ARootAmongThemEndsThePath) {
  const Hierarchy all;
  const MadeCa other("another root");
  const CertificatePtr crossed = all.root.certified_by(other, 5000);
  Certificates known{crossed, all.its_root, all.above, all.issuer, other.root()};
  EXPECT_EQ(with_issuers(all.leaf, known, kThen), (Certificates{all.leaf, all.issuer, all.above}));
  std::erase(known, all.its_root);  // then the other root is the one that can be reached
  EXPECT_EQ(with_issuers(all.leaf, known, kThen), (Certificates{all.leaf, all.issuer, all.above, crossed}));
}

TEST(Issuers, ThatCertifyEachOtherEnd) {
  const MadeCa a("a"), b("b"), signer("signer");
  const CertificatePtr a_by_b = a.certified_by(b), b_by_a = b.certified_by(a);
  const CertificatePtr leaf = signer.certified_by(a);
  EXPECT_THAT(with_issuers(leaf, {a_by_b, b_by_a}, kThen), ElementsAre(leaf, a_by_b, b_by_a));
}

TEST(Issuers, AreNoMoreThanAVerifierFollows) {
  std::vector<MadeCa> line;
  for (int i = 0; i < 20; ++i) line.emplace_back("level " + std::to_string(i));
  Certificates known;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) known.push_back(line[i].certified_by(line[i + 1]));
  EXPECT_EQ(with_issuers(known.front(), known, kThen),
            Certificates(known.begin(), known.begin() + 1 + kMaxIssuers));
}

TEST(Issuers, AreWhatAnExportedSignatureTakes) {
  const auto key = test::key("p256");
  const Bytes wire = key.sign(test::kContent, test::now()).value();
  Certificates known{test::certificate("deep-ca"), test::agencies_ca(), test::root()};
  for (int i = 0; i < 20; ++i) known.push_back(MadeCa("other " + std::to_string(i)).root());
  ASSERT_FALSE(with_certificates(wire, known)) << "all of them are too many";
  const Certificates path = with_issuers(key.certificate(), known, test::now());
  ASSERT_TRUE(with_certificates(wire, path));
  const auto found = test::verifier().path_of(key.certificate(), test::now());
  ASSERT_TRUE(found);
  ASSERT_EQ(path.size() + 1, found->size());
  for (std::size_t i = 0; i < path.size(); ++i) EXPECT_EQ(path[i]->sha256(), (*found)[i]->sha256());
}

}  // namespace
}  // namespace tram::trust
