// A message with receipts, and what an auditor thinks of them.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "codec/evidence_json.h"
#include "evidence/manifest.h"
#include "evidence/receipt_check.h"
#include "log/tlog_proof.h"
#include "tests/support/one_node.h"

namespace tram::sim {

// Any key may have made this line: nobody can tell.
inline constexpr const char* kForeignSignature = "\u2014 x/y AAAAAAAA\n";

// As an auditor checks what was exported, years later.
inline std::vector<Error> refused_offline(SimNode& node, const exchange::Identity& who,
                                          const MessageKey& key) {
  const auto parts = node.node().evidence(who, key).value();
  const Digest manifest =
      Sha256::of(evidence::derive_manifest(parts.message.header_digest, parts.header.submission.attachments));
  const evidence::ReceiptSubject subject{&parts.header, parts.message.header_digest, manifest,
                                         parts.message.certificate};
  std::vector<Error> causes;
  for (const ReceiptBundle& bundle : parts.receipts) {
    for (const ProvenRecord& proof : bundle.records) {
      const EvidenceEvent event = codec::read_record(proof.record).value().event;
      const evidence::ReceiptFiles files{
          {1, event, false},
          "record",
          "proof",
          proof.record,
          log::format_tlog_proof({{}, proof.index, proof.path, bundle.checkpoint})};
      const auto report = evidence::check_receipt(files, subject, {parts.log_keys, {}}, causes);
      EXPECT_EQ(report.state == CheckState::good, causes.empty()) << name(event);
    }
  }
  return causes;
}

class Receipts : public OneNode, public testing::Test {
 protected:
  void SetUp() override {
    const auto answer = submit(request(dispatch("H52.01", "d", {"G09.02", "H12.01"})));
    ASSERT_TRUE(answer);
    key = answer->key;
    header = answer->header_digest;
    run();
  }
  EvidenceRecord record(EvidenceEvent event = EvidenceEvent::content_handover,
                        const std::string& by = "G09") {
    EvidenceRecord out;
    out.event = event;
    out.time = world.now();
    out.node = code(by);
    out.message = key;
    out.recipients = codes({"G09.02"});
    out.header = header;
    return out;
  }
  exchange::RecipientRow line(const std::string& agency = "G09.02") {
    for (const exchange::RecipientRow& row : recipients(key)) {
      if (row.agency == code(agency)) return row;
    }
    return {};
  }
  // Of all that other nodes' records may say of the message, all of it.
  EvidenceRecord full_record(EvidenceEvent event = EvidenceEvent::content_handover,
                             const std::string& by = "G09") {
    EvidenceRecord out = record(event, by);
    out.manifest = Sha256::of(evidence::derive_manifest(header, {}));
    out.signer = seal_of(code("H52.01")).sha256();
    return out;
  }
  std::vector<Error> refused_offline() { return sim::refused_offline(h52, agency(), key); }
  std::optional<Bytes> note_of(const ReceiptBundle& bundle) {
    return h52.messages().checkpoint(bundle.origin, bundle.records.size());
  }
  std::size_t kept() { return h52.messages().receipts_of(h52.messages().find(key)->row).size(); }

  void expect_refused(const ReceiptBundle& bundle, const std::string& reason,
                      const std::string& from = "H01") {
    const exchange::HopOutcome outcome = relay(bundle, from);
    EXPECT_EQ(outcome.result, exchange::HopResult::refused);
    ASSERT_FALSE(outcome.error.causes.empty());
    EXPECT_EQ(outcome.error.causes[0].reason, reason) << outcome.error.text();
    EXPECT_EQ(kept(), 0U);
    EXPECT_EQ(line().state, RecipientState::accepted);
    ASSERT_FALSE(h52.observer().refusals().empty());
  }

  MessageKey key;
  Digest header;
};

}  // namespace tram::sim
