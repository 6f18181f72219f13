// The registry: by registrars alone, every change evidence, effective at once.
#include <gtest/gtest.h>

#include <optional>

#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

class Registry : public OneNode, public testing::Test {
 protected:
  using Answer = Result<RegistryEntry>;

  Answer add(const exchange::Identity& who, const RegistryEntry& entry) {
    std::optional<Answer> answer;
    node().add_registration(who, entry, [&](const Answer& result) { answer = result; });
    run();
    return answer.value();
  }
  Answer revoke(const exchange::Identity& who, const Digest& certificate) {
    std::optional<Answer> answer;
    node().revoke_registration(who, certificate, [&](const Answer& result) { answer = result; });
    run();
    return answer.value();
  }
  exchange::Identity registrar() { return h52.who("registrar"); }
  static RegistryEntry entry(const std::string& agency) {
    RegistryEntry out;
    out.certificate = tls(agency + " qlvb");
    out.agency = code(agency);
    out.system = "qlvb";
    out.inbox = "";
    out.roles = Roles().add(Role::agency);
    return out;
  }
  void expect_refused(const Answer& answer, ErrorCode code, const std::string& reason) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, code);
    EXPECT_EQ(answer.error().reason, reason);
    EXPECT_EQ(h52.observer().count(EvidenceEvent::registry_change), 0U);
  }
};

TEST_F(Registry, AnAdditionIsEvidenceAndEffectiveAtOnce) {
  int heard = 0;
  const auto listening = node().on_registry_change([&] { ++heard; });
  ASSERT_FALSE(node().identify(tls("H52.07 qlvb")));
  const auto added = add(registrar(), entry("H52.07"));
  ASSERT_TRUE(added) << added.error().text();
  EXPECT_EQ(added->inbox, "default");
  EXPECT_EQ(added->added_at, h52.observer().records().back().time);
  EXPECT_EQ(heard, 1);
  EXPECT_EQ(agency("H52.07").agency, code("H52.07"));
  const auto* record = h52.observer().last(EvidenceEvent::registry_change);
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->reason, "REGISTRY_ADD");
  EXPECT_NE(record->detail.find(tls("H52.07 qlvb").hex()), std::string::npos);
  EXPECT_NE(record->peer.find(tls("registrar").hex()), std::string::npos);
  EXPECT_EQ(h52.messages().log_size(), 1U);
}

TEST_F(Registry, HoldsOverACrash) {
  ASSERT_TRUE(add(registrar(), entry("H52.07")));
  ASSERT_TRUE(revoke(registrar(), tls("H52.05 qlvb")));
  h52.crash();
  h52.start();
  EXPECT_TRUE(node().identify(tls("H52.07 qlvb")));
  EXPECT_FALSE(node().identify(tls("H52.05 qlvb")));
}

TEST_F(Registry, ARevokedIdentityIsNobody) {
  const exchange::Identity before = agency("H52.05");
  ASSERT_TRUE(revoke(registrar(), before.certificate));
  const auto who = node().identify(before.certificate);
  ASSERT_FALSE(who);
  EXPECT_EQ(who.error().code, ErrorCode::permission_denied);
  EXPECT_EQ(who.error().reason, "REGISTRATION_REVOKED");
  EXPECT_EQ(h52.observer().last(EvidenceEvent::registry_change)->reason, "REGISTRY_REVOKE");
  const auto answer = submit(request(dispatch("H52.01", "d", {"H52.05"})));
  ASSERT_FALSE(answer) << "no system of that agency is left";
  EXPECT_EQ(answer.error().reason, "UNKNOWN_RECIPIENT");
}

TEST_F(Registry, RevokingTwiceKeepsTheFirstTime) {
  const auto first = revoke(registrar(), tls("H52.05 qlvb"));
  const auto again = revoke(registrar(), tls("H52.05 qlvb"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->revoked_at, first->revoked_at);
}

TEST_F(Registry, OnlyRegistrarsChangeIt) {
  for (const char* other : {"operator", "auditor", "H52.01 qlvb", "node H01"}) {
    expect_refused(add(h52.who(other), entry("H52.07")), ErrorCode::permission_denied, "ROLE_MISSING");
    expect_refused(revoke(h52.who(other), tls("H52.05 qlvb")), ErrorCode::permission_denied, "ROLE_MISSING");
  }
}

TEST_F(Registry, WrongEntriesAreRefused) {
  RegistryEntry wrong = entry("H52.07");
  wrong.certificate = Digest();
  expect_refused(add(registrar(), wrong), ErrorCode::invalid_argument, "FIELD_EMPTY");
  wrong = entry("H52.07");
  wrong.agency = AgencyCode();
  expect_refused(add(registrar(), wrong), ErrorCode::invalid_argument, "FIELD_EMPTY");
  wrong = entry("H52.07");
  wrong.roles = Roles().add(Role::peer);
  expect_refused(add(registrar(), wrong), ErrorCode::invalid_argument, "ROLE_UNKNOWN");
  expect_refused(add(registrar(), entry("G09.02")), ErrorCode::invalid_argument, "AGENCY_ELSEWHERE");
  wrong = entry("G09.02");  // without the role it is not asked where the agency is
  wrong.roles = Roles().add(Role::auditor);
  wrong.signers = {tls("a signer")};
  expect_refused(add(registrar(), wrong), ErrorCode::invalid_argument, "SIGNERS_WITHOUT_AGENCY");
  expect_refused(revoke(registrar(), tls("nobody")), ErrorCode::not_found, "NOT_REGISTERED");
}

TEST_F(Registry, AMappedSignerSpeaksForTheAgencyUntilItIsRevoked) {
  PracticeCertificate other = seal_of(code("H52.09"));
  const auto submit_signed = [&](const std::string& id) {
    return submit({sign(dispatch("H52.01", id, {"H52.05"}), world.now(), other), {}});
  };
  ASSERT_FALSE(submit_signed("a"));
  RegistryEntry mapping = entry("H52.01");
  mapping.certificate = tls("second system");
  mapping.signers = {other.sha256()};
  ASSERT_TRUE(add(registrar(), mapping));
  const auto* record = h52.observer().last(EvidenceEvent::registry_change);
  EXPECT_EQ(record->reason, "REGISTRY_MAP");
  EXPECT_EQ(record->signer, other.sha256());
  EXPECT_TRUE(submit_signed("b"));
  ASSERT_TRUE(revoke(registrar(), mapping.certificate));
  EXPECT_FALSE(submit_signed("c"));
}

TEST_F(Registry, AnInboxOfTheApplicationTypeGoesFirst) {
  RegistryEntry dossiers = entry("H52.05");
  dossiers.certificate = tls("H52.05 mcdt");
  dossiers.inbox = "MCDT_DT";
  ASSERT_TRUE(add(registrar(), dossiers));
  Submission fields = dispatch("H52.01", "d", {"H52.05"});
  fields.dispatch->application_type = "MCDT_DT";
  ASSERT_TRUE(submit(request(fields)));
  ASSERT_TRUE(submit(request(dispatch("H52.01", "e", {"H52.05"}))));
  auto heard = std::make_shared<HeardInbox>();
  const auto stream = node().receive(h52.who("H52.05 mcdt"), heard).value();
  stream->add_credits(10);
  const OpenInbox general = open("H52.05");
  run();
  ASSERT_EQ(heard->deliveries.size(), 1U);
  EXPECT_EQ(heard->deliveries[0].id.text(), "H52.01/d/H52.05");
  ASSERT_EQ(general.heard->deliveries.size(), 1U);
  EXPECT_EQ(general.heard->deliveries[0].id.text(), "H52.01/e/H52.05");
}

}  // namespace
}  // namespace tram::sim
