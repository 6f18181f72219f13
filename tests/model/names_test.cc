// Words of states, roles and events: each its own, and read back where they are read.
#include <gtest/gtest.h>

#include <set>

#include "model/alarm.h"
#include "model/delivery.h"
#include "model/evidence_record.h"
#include "model/registry.h"

namespace tram {
namespace {

TEST(EvidenceEvent, EachIsReadBackByItsName) {
  std::set<std::string_view> names;
  for (int i = 1; i <= 12; ++i) {
    const auto event = static_cast<EvidenceEvent>(i);
    EXPECT_TRUE(names.insert(name(event)).second);
    EXPECT_EQ(evidence_event_from(name(event)), event);
  }
  EXPECT_EQ(name(EvidenceEvent::content_handover), "ContentHandover");
  EXPECT_EQ(evidence_event_from("contentHandover"), std::nullopt);
  EXPECT_EQ(evidence_event_from(""), std::nullopt);
}

TEST(AlarmKind, EachIsReadBackByItsNameAndHasARemedyOfItsOwn) {
  std::set<std::string_view> remedies;
  for (std::size_t i = 1; i <= kAlarmKinds; ++i) {
    const auto kind = static_cast<AlarmKind>(i);
    EXPECT_EQ(alarm_kind_from(name(kind)), kind);
    EXPECT_TRUE(remedies.insert(remedy(kind)).second);
  }
  EXPECT_EQ(alarm_kind_from("Link_down"), std::nullopt);
  EXPECT_TRUE(ends_by_itself(AlarmKind::link_down));
  EXPECT_FALSE(ends_by_itself(AlarmKind::clock_jumped));
}

TEST(Role, EachIsReadBackByItsName) {
  for (const Role role : {Role::agency, Role::peer, Role::operator_, Role::auditor, Role::registrar})
    EXPECT_EQ(role_from(name(role)), role);
  EXPECT_EQ(role_from("root"), std::nullopt);
}

TEST(Roles, AreASet) {
  Roles roles;
  EXPECT_TRUE(roles.empty());
  roles.add(Role::registrar).add(Role::agency).add(Role::agency);
  EXPECT_TRUE(roles.has(Role::agency));
  EXPECT_FALSE(roles.has(Role::peer));
  EXPECT_EQ(text(roles), "agency,registrar");
  EXPECT_EQ(Roles(roles.bits()), roles);
}

}  // namespace
}  // namespace tram
