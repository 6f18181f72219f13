#include "console/metrics.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

namespace tram::console {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

EvidenceRecord record(EvidenceEvent event, std::size_t recipients = 0) {
  EvidenceRecord out;
  out.event = event;
  out.recipients.assign(recipients, *AgencyCode::parse("G09.02"));
  return out;
}

const MessageKey kKey{*AgencyCode::parse("H52.01"), MessageId("m-1")};

TEST(Metrics, CountsEventsByWhatTheyMean) {
  Metrics metrics("0.1.0", "H52");
  metrics.recorded(record(EvidenceEvent::submission_acceptance, 3));
  metrics.recorded(record(EvidenceEvent::status_accepted, 1));
  metrics.recorded(record(EvidenceEvent::relay_acceptance, 2));
  metrics.recorded(record(EvidenceEvent::content_consignment, 4));
  metrics.recorded(record(EvidenceEvent::content_handover, 1));
  metrics.recorded(record(EvidenceEvent::receipt_verified));
  metrics.recorded(record(static_cast<EvidenceEvent>(200)));
  const std::string text = metrics.text();
  for (const char* line :
       {"tram_messages_accepted_total 2\n", "tram_messages_relayed_total 1\n",
        "tram_deliveries_consigned_total 4\n", "tram_deliveries_handed_over_total 1\n",
        "tram_receipts_verified_total 1\n", "tram_evidence_records_total{event=\"StatusAccepted\"} 1\n"})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(Metrics, AlarmsByKindAreThoseInTheListNow) {
  Metrics metrics("0.1.0", "H52");
  Alarm alarm;
  alarm.kind = AlarmKind::link_down;
  alarm.subject = "truc";
  EXPECT_THAT(metrics.text(), HasSubstr("tram_alarms{kind=\"link_down\"} 0\n"));
  for (const auto change : {exchange::AlarmChange::restored, exchange::AlarmChange::raised,
                            exchange::AlarmChange::again, exchange::AlarmChange::acknowledged})
    metrics.alarm(alarm, change);
  alarm.kind = AlarmKind::store_failed;
  metrics.alarm(alarm, exchange::AlarmChange::raised);
  metrics.alarm(alarm, exchange::AlarmChange::cleared);
  EXPECT_THAT(metrics.text(),
              AllOf(HasSubstr("tram_alarms{kind=\"link_down\"} 2\n"),
                    HasSubstr("tram_alarms{kind=\"store_failed\"} 0\n"), Not(HasSubstr("truc"))));
}

TEST(Metrics, RefusalsByReasonAndNeverByWhom) {
  Metrics metrics("0.1.0", "H52");
  metrics.refused("send", kKey, invalid("recipients[2]", "AGENCY_CODE_MALFORMED", "malformed"));
  metrics.refused("send", kKey, failure(ErrorCode::already_exists, "ID_REUSED", "same id, other content"));
  const std::string text = metrics.text();
  EXPECT_THAT(text, AllOf(HasSubstr("tram_refused_total{reason=\"AGENCY_CODE_MALFORMED\"} 1\n"),
                          HasSubstr("tram_refused_total{reason=\"ID_REUSED\"} 1\n"),
                          HasSubstr("tram_duplicates_refused_total 1\n"), Not(HasSubstr("H52.01")),
                          Not(HasSubstr("m-1"))));
}

TEST(Metrics, LabelsAreBounded) {
  Metrics metrics("0.1.0", "H52");
  for (int i = 0; i < 1000; ++i)
    metrics.refused("send", kKey, invalid("", "REASON_" + std::to_string(i), ""));
  metrics.refused("send", kKey, invalid("", "", ""));
  const std::string text = metrics.text();
  EXPECT_THAT(text, AllOf(HasSubstr("{reason=\"REASON_127\"} 1\n"), Not(HasSubstr("REASON_128")),
                          HasSubstr("{reason=\"other\"} 873\n")));
}

TEST(Metrics, StagesCommitsUploads) {
  Metrics metrics("0.1.0", "H52");
  metrics.timed(exchange::Stage::verify, kKey, Duration(79));
  metrics.timed(exchange::Stage::receipt, kKey, Duration(2'000'000));
  metrics.timed(static_cast<exchange::Stage>(99), kKey, Duration(1));
  metrics.committed(16, Duration(1500));
  metrics.uploaded(1 << 20);
  metrics.uploaded(1);
  const std::string text = metrics.text();
  for (const char* line :
       {"tram_stage_seconds_count{stage=\"verify\"} 1\n",
        "tram_stage_seconds_bucket{stage=\"verify\",le=\"5e-05\"} 0\n",
        "tram_stage_seconds_bucket{stage=\"verify\",le=\"0.0001\"} 1\n",
        "tram_stage_seconds_sum{stage=\"receipt\"} 2\n", "tram_store_batch_units_bucket{le=\"16\"} 1\n",
        "tram_store_batch_units_bucket{le=\"8\"} 0\n", "tram_store_commit_seconds_sum 0.0015\n",
        "tram_upload_bytes_total 1048577\n"})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(Metrics, StageLabelsFollowTheEnumeration) {
  Metrics metrics("0.1.0", "H52");
  using exchange::Stage;
  const std::pair<Stage, const char*> stages[] = {
      {Stage::parse, "parse"},        {Stage::hash, "hash"},   {Stage::verify, "verify"},
      {Stage::sign, "sign"},          {Stage::queue, "queue"}, {Stage::commit, "commit"},
      {Stage::relay, "relay"},        {Stage::peer, "peer"},   {Stage::receipt, "receipt"},
      {Stage::hand_over, "hand_over"}};
  ASSERT_EQ(std::size(stages), exchange::kStages);
  for (const auto& [stage, label] : stages) {
    metrics.timed(stage, kKey, Duration(1));
    EXPECT_THAT(metrics.text(),
                HasSubstr("tram_stage_seconds_count{stage=\"" + std::string(label) + "\"} 1\n"));
  }
}

TEST(Metrics, Links) {
  Metrics metrics("0.1.0", "H52");
  metrics.link_changed("axis", true, "");
  metrics.link_waiting("axis", 7);
  EXPECT_THAT(metrics.text(), AllOf(HasSubstr("tram_link_connected{link=\"axis\"} 1\n"),
                                    HasSubstr("tram_link_waiting{link=\"axis\"} 7\n")));
  metrics.link_changed("axis", false, "connection refused");
  EXPECT_THAT(metrics.text(), AllOf(HasSubstr("tram_link_connected{link=\"axis\"} 0\n"),
                                    HasSubstr("tram_link_failures_total{link=\"axis\"} 1\n"),
                                    Not(HasSubstr("connection refused"))));
}

TEST(Metrics, AnyThreadWhileScraped) {
  Metrics metrics("0.1.0", "H52");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        metrics.recorded(record(EvidenceEvent::submission_acceptance));
        metrics.refused("send", kKey, invalid("", "R" + std::to_string((i + t) % 200), ""));
        metrics.timed(exchange::Stage::commit, kKey, Duration(i));
      }
    });
  while (metrics.text().find("tram_messages_accepted_total 2000\n") == std::string::npos) {
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(metrics.text(), HasSubstr("tram_stage_seconds_count{stage=\"commit\"} 2000\n"));
}

TEST(Metrics, TheProcessItself) {
  const std::string text = Metrics("0.1.0", "H52").text();
  for (const char* name : {"process_cpu_seconds_total ", "process_resident_memory_bytes ",
                           "process_open_fds ", "process_max_fds "})
    EXPECT_THAT(text, HasSubstr(std::string("\n") + name));
}

}  // namespace
}  // namespace tram::console
