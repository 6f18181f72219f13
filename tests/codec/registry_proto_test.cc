#include "codec/registry_proto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/encoding.h"
#include "tests/codec/samples.h"

namespace tram::codec {
namespace {

RegistryEntry full_entry() {
  RegistryEntry out;
  out.certificate = Sha256::of("certificate");
  out.agency = samples::code("H52.01");
  out.system = "qlvb-01";
  out.inbox = "văn thư";
  out.roles.add(Role::agency).add(Role::auditor);
  out.signers = {Sha256::of("one"), Sha256::of("two")};
  out.added_at = from_rfc3339("2026-11-24T18:20:11Z").value();
  out.added_by = "a1b2c3";
  out.revoked_at = from_rfc3339("2026-11-25T00:00:00Z").value();
  return out;
}

// Looks like a certificate from outside: one SEQUENCE of 300 octets.
Bytes der() { return Bytes("\x30\x82\x01\x2c", 4) + Bytes(300, 'x'); }

std::string pem() {
  std::string base64 = to_base64(der());
  for (std::size_t at = 64; at < base64.size(); at += 65) base64.insert(at, 1, '\n');
  return "Bag Attributes\n-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
}

TEST(RegistryEntry, ComesBackAsWritten) {
  EXPECT_EQ(from_proto(to_proto(full_entry())).value(), full_entry());
}

TEST(RegistryEntry, WithoutInboxHasTheDefaultOne) {
  v1::RegistryEntry entry = to_proto(full_entry());
  entry.clear_inbox();
  EXPECT_EQ(from_proto(entry).value().inbox, "default");
}

TEST(RegistryEntry, TakesACertificateInDerOrPem) {
  for (const std::string& certificate : {std::string(der()), pem()}) {
    v1::RegistryEntry entry = to_proto(full_entry());
    entry.clear_certificate_sha256();
    entry.set_certificate(certificate);
    EXPECT_EQ(from_proto(entry).value().certificate, Sha256::of(der()));
    entry.set_certificate_sha256(std::string(Sha256::of(der()).bytes()));
    EXPECT_TRUE(from_proto(entry));
  }
}

struct Refusal {
  const char* why;
  std::function<void(v1::RegistryEntry&)> change;
  std::string field;
};

TEST(RegistryEntry, OfAnotherFormIsRefused) {
  const std::vector<Refusal> refusals{
      {"no certificate", [](auto& e) { e.clear_certificate_sha256(); }, "certificate_sha256"},
      {"a digest of another certificate", [](auto& e) { e.set_certificate(der()); }, "certificate_sha256"},
      {"no certificate inside", [](auto& e) { e.set_certificate("hello"); }, "certificate"},
      {"a private key", [](auto& e) { e.set_certificate("-----BEGIN PRIVATE KEY-----"); }, "certificate"},
      {"a PEM without end", [](auto& e) { e.set_certificate(pem().substr(0, 100)); }, "certificate"},
      {"bytes behind the certificate", [](auto& e) { e.set_certificate(der() + "x"); }, "certificate"},
      {"a certificate too large", [](auto& e) { e.set_certificate(std::string(20'000, '0')); },
       "certificate"},
      {"a malformed agency", [](auto& e) { e.set_agency("Sơn La"); }, "agency"},
      {"an agency's role without agency", [](auto& e) { e.clear_agency(); }, "agency"},
      {"no role", [](auto& e) { e.clear_roles(); }, "roles"},
      {"a role unknown here", [](auto& e) { e.set_roles(1, "king"); }, "roles[1]"},
      {"a peer", [](auto& e) { e.set_roles(1, "peer"); }, "roles[1]"},
      {"a signer's digest of 31 bytes", [](auto& e) { e.set_signers(1, std::string(31, 'x')); },
       "signers[1]"},
      {"too many signers",
       [](auto& e) {
         for (int i = 0; i < 70; ++i) e.add_signers(e.signers(0));
       },
       "signers"},
      {"a system's name of two lines", [](auto& e) { e.set_system("a\nb"); }, "system"},
      {"an inbox's name too long", [](auto& e) { e.set_inbox(std::string(65, 'x')); }, "inbox"},
      {"a time that is none", [](auto& e) { e.set_revoked_at("now"); }, "revoked_at"},
  };
  for (const Refusal& refusal : refusals) {
    v1::RegistryEntry entry = to_proto(full_entry());
    refusal.change(entry);
    const auto read = from_proto(entry);
    ASSERT_FALSE(read) << refusal.why;
    EXPECT_EQ(read.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(read.error().causes.at(0).field, refusal.field) << refusal.why;
  }
}

}  // namespace
}  // namespace tram::codec
