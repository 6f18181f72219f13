// The profile is exact: one encoding, nothing beside it.
#include "trust/cms.h"

#include <algorithm>
#include <functional>

#include "tests/trust/fixtures.h"
#include "trust/cms_profile.h"
#include "trust/der.h"

namespace tram::trust {
namespace {

using test::certificate;
using std::string_view_literals::operator""sv;

Bytes wire() { return test::key("p256").sign(test::kContent, test::now()).value(); }

// Puts `to` in place of the one occurrence of `from`, without mending the lengths around it.
Bytes replaced(Bytes text, BytesView from, BytesView to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, Bytes::npos);
  return text.replace(at, from.size(), to);
}

bool refused(BytesView signature) {
  const auto parts = inspect(signature);
  return !parts && parts.error().reason == "SIGNATURE_MALFORMED" &&
         parts.error().code == ErrorCode::invalid_argument;
}

// A signature made of the given parts, as a writer outside the profile would make it.
Bytes rebuilt(const std::function<void(ParsedSignature&)>& change) {
  const Bytes signature = wire();
  ParsedSignature parts = parse_signature(signature, Form::exact).value();
  change(parts);
  return encode_signature(parts, {});
}

TEST(Cms, CertificatesComeBackAndGoAgain) {
  const Bytes signature = wire();
  const std::vector<CertificatePtr> both = {test::agencies_ca(), certificate("p256"), certificate("p256")};
  const Bytes exported = with_certificates(signature, both).value();
  const auto parts = inspect(exported);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->certificates.size(), 2U) << "each once";
  EXPECT_TRUE(std::is_sorted(parts->certificates.begin(), parts->certificates.end()));
  const auto stripped = strip_certificates(exported);
  ASSERT_TRUE(stripped);
  EXPECT_EQ(stripped->signature, signature);
  EXPECT_EQ(stripped->certificates, parts->certificates);
  EXPECT_EQ(strip_certificates(signature)->signature, signature) << "nothing to strip";
  EXPECT_EQ(with_certificates(signature, {}).value(), signature);
  EXPECT_FALSE(with_certificates(exported, both)) << "not a wire form";
}

TEST(Cms, RefusesTooManyCertificates) {
  std::vector<CertificatePtr> many;
  for (const char* name : {"p256", "rsa2048", "rsa3072", "rsa4096", "no-eku", "email-eku", "non-repudiation",
                           "renewed", "old-form", "subdivision", "node", "taxpayer", "no-identifier",
                           "other-agency", "longer-code", "foreign-scheme", "expired"})
    many.push_back(certificate(name));
  const auto result = with_certificates(wire(), many);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, "TOO_MANY_CERTIFICATES");
}

TEST(Cms, RefusesUnsortedCertificatesButStripsThem) {
  const Bytes signature = wire();
  const ParsedSignature parts = parse_signature(signature, Form::exact).value();
  const auto first = certificate("p256");
  const auto second = test::agencies_ca();
  std::vector<BytesView> order = {first->der(), second->der()};
  if (order[0] < order[1]) std::swap(order[0], order[1]);
  const Bytes unsorted = encode_signature(parts, order);
  EXPECT_TRUE(refused(unsorted));
  EXPECT_EQ(strip_certificates(unsorted)->signature, signature);
  EXPECT_TRUE(refused(encode_signature(parts, {first->der(), first->der()}))) << "the same twice";
}

TEST(Cms, RefusesBytesBehindAndMissingOnes) {
  const Bytes signature = wire();
  EXPECT_FALSE(refused(signature));
  EXPECT_TRUE(refused(signature + '\0'));
  EXPECT_TRUE(refused(signature + signature));
  EXPECT_TRUE(refused("\x30\x00"sv));
  for (std::size_t size = 0; size < signature.size(); ++size)
    EXPECT_TRUE(refused(signature.substr(0, size))) << size;
}

TEST(Cms, RefusesBerThatMeansTheSame) {
  const Bytes signature = wire();
  // The outermost length in one byte more than needed, and indefinite.
  ASSERT_EQ(signature.substr(0, 2), "\x30\x82"sv);
  EXPECT_TRUE(refused(Bytes("\x30\x83\x00"sv) + signature.substr(2)));
  EXPECT_TRUE(refused(Bytes("\x30\x80"sv) + signature.substr(4) + Bytes("\0\0"sv)));
}

TEST(Cms, RefusesAttributesOutOfOrder) {
  Bytes swapped;
  const Bytes signature = rebuilt([&](ParsedSignature& parts) {
    der::Reader reader(parts.signed_attributes);
    const Bytes first(reader.next()->whole);
    const Bytes second(reader.next()->whole);
    swapped = second + first + Bytes(parts.signed_attributes.substr(first.size() + second.size()));
    parts.signed_attributes = swapped;
  });
  EXPECT_TRUE(refused(signature));
  EXPECT_FALSE(strip_certificates(signature)) << "the signature would cover another order";
}

TEST(Cms, RefusesAMissingADoubledAndAFurtherAttribute) {
  std::vector<Bytes> attributes;
  rebuilt([&](ParsedSignature& parts) {
    der::Reader reader(parts.signed_attributes);
    while (!reader.at_end()) attributes.emplace_back(reader.next()->whole);
  });
  ASSERT_EQ(attributes.size(), 4U);
  const auto with = [&](const Bytes& set) {
    return rebuilt([&](ParsedSignature& parts) { parts.signed_attributes = set; });
  };
  for (std::size_t missing = 0; missing < 4; ++missing) {
    Bytes set;
    for (std::size_t i = 0; i < 4; ++i) set += i == missing ? Bytes() : attributes[i];
    EXPECT_TRUE(refused(with(set))) << missing;
  }
  EXPECT_TRUE(refused(with(attributes[0] + attributes[0] + attributes[1] + attributes[2] + attributes[3])));
  // signing-time twice, with two values in ascending order.
  Bytes later = attributes[1];
  ++later[later.size() - 2];
  EXPECT_TRUE(refused(with(attributes[0] + attributes[1] + later + attributes[2] + attributes[3])));
  const Bytes unknown =
      der::element(der::kSequence, {"\x06\x03\x2A\x03\x04"sv, der::element(der::kSet, {"\x05\x00"sv})});
  EXPECT_TRUE(refused(with(unknown + attributes[0] + attributes[1] + attributes[2] + attributes[3])));
}

TEST(Cms, RefusesOtherAlgorithms) {
  EXPECT_TRUE(refused(
      replaced(wire(), "\x60\x86\x48\x01\x65\x03\x04\x02\x01"sv, "\x60\x86\x48\x01\x65\x03\x04\x02\x03"sv)))
      << "SHA-512 as the digest";
  EXPECT_TRUE(refused(rebuilt([](ParsedSignature& parts) {
    parts.algorithm_identifier = "\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x03"sv;
  }))) << "ecdsa-with-SHA384";
  EXPECT_TRUE(refused(rebuilt([](ParsedSignature& parts) {
    parts.algorithm_identifier = "\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B"sv;
  }))) << "RSA without its NULL";
  EXPECT_TRUE(refused(rebuilt([](ParsedSignature& parts) { parts.signature = {}; })));
}

TEST(Cms, ASignerMayBeNamedByKeyIdentifier) {
  const Bytes signature = rebuilt([](ParsedSignature& parts) {
    parts.issuer_and_serial = {};
    parts.key_identifier = "0123456789abcdefghij";
  });
  EXPECT_FALSE(refused(signature));
  EXPECT_TRUE(refused(replaced(signature, "\x02\x01\x03"sv, "\x02\x01\x01"sv))) << "version 1 with it";
}

}  // namespace
}  // namespace tram::trust
