// Operations.ListAlarms and AcknowledgeAlarm.
#include <tram/v1/operations.grpc.pb.h>

#include "tests/transport/fixtures.h"

namespace tram::transport::test {
namespace {

class AlarmsTest : public ServerTest {
 protected:
  Error acknowledge(const std::string& kind, const std::string& subject,
                    const std::string& client = "clients/sonla-operator") {
    v1::AcknowledgeAlarmRequest request;
    request.set_kind(kind);
    request.set_subject(subject);
    grpc::ClientContext context;
    const auto status =
        v1::Operations::NewStub(channel(client))->AcknowledgeAlarm(&context, request, &answer);
    return status.ok() ? Error() : error_of(status);
  }
  v1::AlarmInfo answer;
};

TEST_F(AlarmsTest, AreListedWithTheirRemedies) {
  grpc::ClientContext context;
  v1::ListAlarmsResponse all;
  const auto stub = v1::Operations::NewStub(channel("clients/sonla-operator"));
  ASSERT_TRUE(stub->ListAlarms(&context, v1::ListAlarmsRequest(), &all).ok());
  ASSERT_EQ(all.alarms_size(), 2);
  const v1::AlarmInfo& down = all.alarms(0);
  EXPECT_EQ(down.kind(), "link_down");
  EXPECT_EQ(down.subject(), "truc");
  EXPECT_EQ(down.since(), "2023-11-14T22:13:20.000000Z");
  EXPECT_EQ(down.last(), "2023-11-14T22:20:20.000000Z");
  EXPECT_EQ(down.detail(), "away");
  EXPECT_EQ(down.remedy(), remedy(AlarmKind::link_down));
  EXPECT_EQ(down.acknowledged_at(), "");
  EXPECT_EQ(all.alarms(1).count(), 4U);
  EXPECT_EQ(all.alarms(1).acknowledged_by(), "operator");
}

TEST_F(AlarmsTest, AreAcknowledgedByTheCaller) {
  EXPECT_EQ(acknowledge("link_down", "truc").reason, "");
  EXPECT_EQ(answer.kind(), "link_down");
  const auto [who, what] = node_.alarms().seen.take();
  EXPECT_EQ(what, "link_down truc");
  EXPECT_EQ(who.certificate, fingerprint("clients/sonla-operator"));
}

TEST_F(AlarmsTest, WhatIsNotThereIsSaid) {
  EXPECT_EQ(acknowledge("link_down", "hanoi").reason, "ALARM_UNKNOWN");
  EXPECT_EQ(acknowledge("link down", "truc").reason, "WORD_UNKNOWN");
}

TEST_F(AlarmsTest, AreForOperatorsAlone) {
  EXPECT_EQ(acknowledge("link_down", "truc", "clients/H52.01").code, ErrorCode::permission_denied);
  grpc::ClientContext context;
  v1::ListAlarmsResponse all;
  const auto stub = v1::Operations::NewStub(channel("nodes/truc"));
  EXPECT_EQ(error_of(stub->ListAlarms(&context, v1::ListAlarmsRequest(), &all)).reason, "ROLE_MISSING");
  EXPECT_EQ(node_.alarms().seen.size(), 0U);
}

}  // namespace
}  // namespace tram::transport::test
