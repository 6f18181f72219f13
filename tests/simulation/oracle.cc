#include "tests/simulation/oracle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "codec/evidence_json.h"
#include "log/tlog_proof.h"

namespace tram::sim {
namespace {

using exchange::QueueFilter;
using exchange::StoredReceipt;

std::size_t times_taken(const SimAgency& agency, const MessageKey& key) {
  return static_cast<std::size_t>(
      std::count_if(agency.taken().begin(), agency.taken().end(),
                    [&](const SimAgency::Taken& taken) { return taken.header.submission.key == key; }));
}

void expect_statuses(const SimAgency& sender, const MessageKey& key) {
  std::map<std::pair<AgencyCode, StatusCode>, int> came;
  for (const SimAgency::Taken& taken : sender.taken()) {
    const Submission& fields = taken.header.submission;
    if (fields.status && fields.references.front() == key) ++came[{fields.key.sender, fields.status->code}];
  }
  EXPECT_EQ(came.size(), 6U) << key.id.text();
  for (const char* recipient : {"G09.02", "H52.05"}) {
    for (const StatusCode status : {StatusCode::arrived, StatusCode::received, StatusCode::completed})
      EXPECT_EQ((came[{code(recipient), status}]), 1) << key.id.text() << two_digits(status) << recipient;
  }
}

void expect_receipt_holds(SimNode& node, const StoredReceipt& receipt) {
  const auto& key = node.settings().known_logs.at(receipt.node).key;
  const auto note = node.messages().checkpoint(receipt.origin, receipt.checkpoint_size);
  ASSERT_TRUE(note);
  const auto& proof = receipt.proof;
  const auto held = log::verify_inclusion(proof.record, proof.index, proof.path, *note, key);
  EXPECT_TRUE(held) << held.error().text();
}

void expect_receipts(ThreeNodes& world, const MessageKey& key) {
  using Attested = std::pair<EvidenceEvent, AgencyCode>;
  std::multiset<Attested> found;
  const auto known = world.sonla.messages().find(key);
  for (const StoredReceipt& receipt : world.sonla.messages().receipts_of(known->row)) {
    found.emplace(receipt.event, receipt.node);
    expect_receipt_holds(world.sonla, receipt);
  }
  const std::multiset<Attested> complete{{EvidenceEvent::relay_acceptance, code("H01")},
                                         {EvidenceEvent::content_consignment, code("G09")},
                                         {EvidenceEvent::content_handover, code("G09")}};
  EXPECT_EQ(found, complete) << key.id.text();
}

void expect_track(ThreeNodes& world, const MessageKey& key) {
  const auto view = world.sonla.node().track(world.sender.who(), key);
  ASSERT_TRUE(view) << view.error().text();
  EXPECT_TRUE(view->verdict.good());
  ASSERT_EQ(view->recipients.size(), 2U);
  for (const exchange::RecipientTrack& line : view->recipients) {
    EXPECT_EQ(line.row.state, RecipientState::handed_over) << line.row.agency.text();
    EXPECT_TRUE(line.row.last_status);
    EXPECT_EQ(line.verified_receipts, line.row.agency == code("G09.02") ? 3U : 0U);
  }
}

void expect_own_records(ThreeNodes& world, const MessageKey& key) {
  const auto parts = world.sonla.node().evidence(world.sender.who(), key);
  ASSERT_TRUE(parts) << parts.error().text();
  const ReceiptBundle& own = parts->receipts.front();
  EXPECT_GE(own.records.size(), 3U);  // acceptance, consignment and hand-over of H52.05
  for (const ProvenRecord& proof : own.records) {
    const auto held = log::verify_inclusion(proof.record, proof.index, proof.path, own.checkpoint,
                                            world.sonla.log_key().verifier());
    EXPECT_TRUE(held) << held.error().text();
  }
}

// Each kept checkpoint of the node's own log is a prefix of the log as it stands.
void expect_log_grew_only(SimNode& node) {
  const auto note = node.node().checkpoint();
  ASSERT_TRUE(note) << note.error().text();
  for (std::uint64_t size = 0; size <= node.messages().log_size(); ++size) {
    const auto kept = node.messages().checkpoint(node.settings().log_origin, size);
    if (!kept) continue;
    const auto checkpoint = log::open_checkpoint(*kept, node.log_key().verifier());
    ASSERT_TRUE(checkpoint) << checkpoint.error().text();
    EXPECT_EQ(checkpoint->root, node.messages().log_root(size).value());
  }
}

void expect_nothing_dead(SimNode& node) {
  QueueFilter dead;
  dead.state = QueueState::dead;
  EXPECT_TRUE(node.node().queues(dead).empty()) << node.code().text();
  for (const Refusal& refusal : node.observer().refusals())
    ADD_FAILURE() << node.code().text() << " refused: " << refusal.where << ' ' << refusal.error.text();
  for (const std::string& note : node.observer().notes()) ADD_FAILURE() << node.code().text() << ' ' << note;
}

}  // namespace

void expect_all_held(ThreeNodes& world, const std::vector<MessageKey>& documents) {
  for (const MessageKey& key : documents) {
    EXPECT_TRUE(world.sender.accepted().contains(key)) << key.id.text();
    EXPECT_EQ(times_taken(world.ministry, key), 1U) << key.id.text();
    EXPECT_EQ(times_taken(world.neighbour, key), 1U) << key.id.text();
    expect_statuses(world.sender, key);
    expect_receipts(world, key);
    expect_track(world, key);
    expect_own_records(world, key);
  }
  EXPECT_EQ(world.ministry.taken().size(), documents.size());
  EXPECT_EQ(world.sender.taken().size(), 6 * documents.size());
  for (const SimAgency* agency : {&world.sender, &world.neighbour, &world.ministry}) {
    EXPECT_TRUE(agency->refused().empty());
    for (const std::string& violation : agency->violations()) ADD_FAILURE() << violation;
  }
  for (SimNode* node : world.nodes()) {
    expect_log_grew_only(*node);
    expect_nothing_dead(*node);
  }
}

}  // namespace tram::sim
