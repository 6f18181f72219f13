// The Ministry's node of the practice network, restored from a copy that lacks what came after it.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "codec/evidence_json.h"
#include "tests/support/three_nodes.h"

namespace tram::sim {

class RestoredNodeTest : public testing::Test {
 protected:
  explicit RestoredNodeTest(Duration jitter = {}) : world(1, jitter) {
    RegistryEntry entry;
    entry.certificate = tls("operator");
    entry.agency = code("G09");
    entry.system = "operator";
    entry.roles = Roles().add(Role::operator_);
    for (SimNode* node : world.nodes()) node->register_entry(entry);
  }

  void send(const std::string& id) { world.sender.send(request(dispatch("H52.01", id, {"G09.02"}))); }
  void reply(const std::string& id) { world.ministry.send(request(dispatch("G09.02", id, {"H52.01"}))); }
  bool knows(SimNode& node, const std::string& sender, const std::string& id) {
    return node.messages().find({code(sender), MessageId(id)}).has_value();
  }
  void take_copy() {
    world.noivu.crash();
    copy = world.noivu.copy_disk();
    restored.taken_at = world.world.now();
    restored.lacks_since = restored.taken_at - std::chrono::minutes(1);
    restored.former_origin = world.noivu.settings().log_origin;
    restored.log_size = copy.messages->tables.log.size();
    world.noivu.start();
  }
  // Delivered to the ministry before and after a copy of its node's data was taken.
  void live_on_after_a_copy() {
    world.start();
    send("before");
    ASSERT_TRUE(world.settle());
    take_copy();
    send("after");
    reply("sent-after");
    ASSERT_TRUE(world.settle());
    ASSERT_EQ(world.ministry.taken().size(), 3U) << "two documents, and the status of what it sent";
    world.noivu.crash();
  }
  void restore() {
    world.noivu.replace_disk(copy);
    world.noivu.settings().restored = restored;
    world.noivu.start();
  }
  // What the next submission at the restored node is answered.
  std::string answer_to(const std::string& id) {
    std::string out = "nothing";
    world.noivu.node().submit(world.ministry.who(), request(dispatch("G09.02", id, {"H52.01"})),
                              [&](const Result<exchange::Acceptance>& answer) {
                                out = answer ? "accepted" : answer.error().reason;
                              });
    world.world.run_for(std::chrono::milliseconds(50));
    return out;
  }
  std::vector<std::string> waited_for() {
    std::vector<std::string> out;
    for (const Alarm& alarm : world.noivu.node().alarms().list()) {
      if (alarm.kind == AlarmKind::restoring) out.push_back(alarm.subject);
    }
    return out;
  }
  std::string gap() {
    for (const Alarm& alarm : world.noivu.node().alarms().list()) {
      if (alarm.kind == AlarmKind::restore_gap) return alarm.detail;
    }
    return "none";
  }
  std::optional<EvidenceRecord> act(const std::string& reason) {
    for (const auto& entry : world.noivu.tables().log) {
      const auto record = codec::read_record(entry.record);
      if (record && record->reason == reason) return *record;
    }
    return std::nullopt;
  }
  Result<std::vector<std::string>> go_on_without(const std::string& who, const std::string& link) {
    std::optional<Result<std::vector<std::string>>> out;
    world.noivu.node().go_on_without_peer(world.noivu.who(who), link, "its line is cut",
                                          [&](const Result<std::vector<std::string>>& left) { out = left; });
    world.world.run_for(std::chrono::milliseconds(50));
    return out.value();
  }

  ThreeNodes world;
  SimNode::Disks copy;
  exchange::Restored restored;
};

}  // namespace tram::sim
