#include "trust/ed25519.h"

#include <gtest/gtest.h>

#include "tests/log/support.h"

namespace tram::trust {
namespace {

using log::kSeed2;
using log::pem_of_seed;

// RFC 8032 section 7.1, test 2.
constexpr std::string_view kPublic2 = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
constexpr std::string_view kSignature2 =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

TEST(Ed25519, SignsAsRfc8032Does) {
  const auto key = Ed25519PrivateKey::from_pem(pem_of_seed(kSeed2)).value();
  EXPECT_EQ(to_hex(key.public_key().bytes()), kPublic2);
  EXPECT_EQ(to_hex(key.sign("\x72").value()), kSignature2);
}

TEST(Ed25519, VerifiesOnlyTheSignedMessage) {
  const auto key = Ed25519PublicKey::from_bytes(from_hex(kPublic2).value()).value();
  const Bytes signature = from_hex(kSignature2).value();
  EXPECT_TRUE(key.verify("\x72", signature));
  EXPECT_FALSE(key.verify("\x73", signature));
  EXPECT_FALSE(key.verify("", signature));
  EXPECT_FALSE(key.verify("\x72", signature + '\0'));
  EXPECT_FALSE(key.verify("\x72", BytesView(signature).substr(1)));
  EXPECT_FALSE(key.verify("\x72", ""));
}

TEST(Ed25519, RefusesEveryChangedBitOfASignature) {
  const auto key = Ed25519PublicKey::from_bytes(from_hex(kPublic2).value()).value();
  Bytes signature = from_hex(kSignature2).value();
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    const auto mask = static_cast<char>(1 << bit % 8);
    signature[bit / 8] ^= mask;
    EXPECT_FALSE(key.verify("\x72", signature)) << bit;
    signature[bit / 8] ^= mask;
  }
}

TEST(Ed25519, AGeneratedKeySurvivesItsFile) {
  const auto key = Ed25519PrivateKey::generate().value();
  const auto again = Ed25519PrivateKey::from_pem(key.to_pem().value()).value();
  EXPECT_EQ(again.public_key(), key.public_key());
  EXPECT_TRUE(key.public_key().verify("text", again.sign("text").value()));
  EXPECT_NE(Ed25519PrivateKey::generate().value().public_key(), key.public_key());
}

TEST(Ed25519, RefusesWhatIsNoKeyFile) {
  const std::string good = pem_of_seed(kSeed2);
  for (const std::string& bad :
       {std::string(), std::string("key"), good.substr(0, good.size() / 2),
        std::string("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")}) {
    const auto key = Ed25519PrivateKey::from_pem(bad);
    ASSERT_FALSE(key) << bad;
    EXPECT_EQ(key.error().reason, "ED25519_KEY_MALFORMED");
  }
}

// The P-256 key whose secret is the number 1, in PKCS#8 (RFC 5915, RFC 5958): well-formed, and of another
// kind.
TEST(Ed25519, RefusesOtherKindsOfKeys) {
  const Bytes der = from_hex("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420" +
                             std::string(63, '0') + "1")
                        .value();
  EXPECT_FALSE(Ed25519PrivateKey::from_pem("-----BEGIN PRIVATE KEY-----\n" + to_base64(der) +
                                           "\n-----END PRIVATE KEY-----\n"));
}

// Asked for a passphrase on the terminal, a daemon would wait for ever.
TEST(Ed25519, RefusesEncryptedKeysAtOnce) {
  const std::string good = pem_of_seed(kSeed2);
  const std::string first_line = "-----BEGIN PRIVATE KEY-----\n";
  const std::string rest = good.substr(first_line.size());
  const std::string headers =
      "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,000102030405060708090A0B0C0D0E0F\n\n";
  EXPECT_FALSE(Ed25519PrivateKey::from_pem(first_line + headers + rest));
  EXPECT_FALSE(Ed25519PrivateKey::from_pem("-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + rest));
}

TEST(Ed25519, APublicKeyHas32Bytes) {
  EXPECT_FALSE(Ed25519PublicKey::from_bytes(Bytes(31, 'k')));
  EXPECT_FALSE(Ed25519PublicKey::from_bytes(Bytes(33, 'k')));
}

}  // namespace
}  // namespace tram::trust
