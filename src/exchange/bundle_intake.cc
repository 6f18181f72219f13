#include "exchange/bundle_intake.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "codec/bundle.h"
#include "codec/evidence_json.h"
#include "codec/header_json.h"
#include "evidence/manifest.h"
#include "exchange/recipient_lines.h"
#include "log/checkpoint.h"
#include "log/tlog_proof.h"

namespace tram::exchange {
namespace {

using HopDone = std::function<void(HopOutcome)>;

constexpr std::size_t kCausesTold = 4;

Error refused(std::string reason, std::string message) {
  return failure(ErrorCode::failed_precondition, std::move(reason), std::move(message));
}

bool speaks_for(const KnownLog& log, const AgencyCode& agency) {
  return std::any_of(log.agencies.begin(), log.agencies.end(),
                     [&](const AgencyCode& prefix) { return agency.within(prefix); });
}

// What this node holds of a message that it accepted: what an exported container is compared with. (If that
// is damaged, reading it ends the node, as everywhere.)
struct Held {
  MessageRow row;
  Digest header;
  Digest manifest;
  Digest signer;
  std::vector<AgencyCode> recipients;  // sorted
};

Result<Held> held_of(const MessageStore& store, MessageRow row) {
  const auto message = store.load(row);
  if (!message) return refused("RECEIPT_FOR_UNKNOWN_MESSAGE", "it was removed just now");
  std::shared_ptr<const Reading> reading = message->reading;
  if (!reading) {
    auto header = codec::read_kept_header(message->header);
    if (!header) return header.error();
    reading = std::make_shared<const Reading>(std::move(*header), Verdict());
  }
  const Submission& submission = reading->header.submission;
  const Bytes manifest = evidence::derive_manifest(message->header_digest, submission.attachments);
  Held out{row, message->header_digest, Sha256::of(manifest), message->certificate, submission.recipients};
  std::sort(out.recipients.begin(), out.recipients.end());
  return out;
}

// Its sender named it, or an operator here forwarded the message to it.
bool is_recipient(const MessageStore& store, const Held& held, const AgencyCode& agency) {
  return std::binary_search(held.recipients.begin(), held.recipients.end(), agency) ||
         store.forwarding(held.row, agency).has_value();
}

// A record leaves out what it does not speak of.
bool differs(const Digest& claimed, const Digest& actual) { return !claimed.is_zero() && claimed != actual; }

// At least as strict as evidence/receipt_check.cc: what is kept here is refused nowhere later.
Result<void> require_agreement(const MessageStore& store, const EvidenceRecord& record, const Held& held) {
  if (record.header != held.header)
    return refused("RECEIPT_OF_OTHER_CONTENT",
                   "it names another header than " + text(*record.message) + " has");
  if (differs(record.manifest, held.manifest))
    return refused("RECEIPT_OF_OTHER_CONTENT",
                   "it names another manifest than " + text(*record.message) + " has");
  if (differs(record.signer, held.signer))
    return refused("RECEIPT_OF_OTHER_SIGNER",
                   "it names another signer than " + text(*record.message) + " has");
  for (const AgencyCode& recipient : record.recipients) {
    if (!is_recipient(store, held, recipient))
      return refused("RECEIPT_FOR_NO_RECIPIENT",
                     recipient.text() + " is no recipient of " + text(*record.message));
  }
  return {};
}

// One bundle on its way through this node.
class BundleIntake {
 public:
  BundleIntake(const Context& context, const Identity& peer, ReceiptBundle bundle)
      : context_(context), peer_(peer), bundle_(std::move(bundle)) {}

  // One record that does not hold spoils no other.
  Result<void> check() {
    for (ProvenRecord& proof : bundle_.records) {
      if (auto sorted = sort(proof); !sorted) report(sorted.error());
    }
    messages_.clear();
    return require_some();
  }

  // LOG_FORKED if the store keeps a checkpoint that contradicts this one.
  Result<void> write(Transaction& transaction) {
    for (auto& [link, records] : onwards_) {
      OutgoingItem item;
      item.link = link;
      item.bundle = codec::write_bundle({bundle_.origin, bundle_.checkpoint, records});
      item.queued_at = context_.now();
      transaction.queue_outgoing(item);
    }
    bool kept = false;
    for (const Ours& receipt : ours_) kept = keep(transaction, receipt) || kept;
    if (!kept) return {};
    return transaction.put_checkpoint(bundle_.origin, checkpoint_->checkpoint.size, checkpoint_->note);
  }

  // What goes onwards is for its sender's node to judge, and shows the log's other history there.
  Result<void> leave_out_ours(const Error& why) {
    ours_.clear();
    report(why);
    return require_some();
  }

  void after() {
    for (const auto& [link, records] : onwards_) context_.wakeups.outgoing(link, 0);
    for (const Ours& receipt : ours_) {
      context_.times.reached(Stage::receipt, *receipt.record.message);
      EvidenceRecord seen = receipt.record;
      seen.event = EvidenceEvent::receipt_verified;
      seen.detail = name(receipt.record.event);
      context_.services.observer.recorded(seen);
    }
  }

 private:
  struct Ours {
    MessageRow row;
    EvidenceRecord record;
    ProvenRecord proof;
  };

  // Several records of a bundle mostly are of one message: it is looked up once.
  struct About {
    std::optional<KnownMessage> known;
    std::optional<Held> held;
  };

  void report(const Error& error) {
    context_.services.observer.refused("receipts from " + peer_.link, {}, error);
    if (causes_.size() < kCausesTold) causes_.push_back(error);
  }

  [[nodiscard]] Result<void> require_some() const {
    if (!ours_.empty() || !onwards_.empty()) return {};
    Error all = refused("RECEIPTS_REFUSED", "no record of the bundle holds");
    all.causes = causes_;
    return all;
  }

  About& about(const MessageKey& key) {
    const auto [place, fresh] = messages_.try_emplace(key);
    if (fresh) place->second.known = context_.services.messages.find(key);
    return place->second;
  }

  Result<void> sort(ProvenRecord& proof) {
    auto record = codec::read_record(proof.record);
    if (!record) return record.error();
    if (!record->message || record->recipients.empty())
      return refused("RECEIPT_WITHOUT_MESSAGE", "it names no message");
    About& message = about(*record->message);
    if (!message.known)
      return refused("RECEIPT_FOR_UNKNOWN_MESSAGE", text(*record->message) + " is not known here");
    for (const AgencyCode& recipient : record->recipients) {
      if (context_.router.link_towards(recipient) != peer_.link) {
        return refused("RECEIPT_NOT_FROM_THERE", recipient.text() + " of " + text(*record->message) +
                                                     " does not lie behind link " + peer_.link);
      }
    }
    if (!message.known->from_link.empty()) {
      onwards_[message.known->from_link].push_back(std::move(proof));
      return {};
    }
    if (auto proven = prove(*record, proof, message); !proven) return proven.error();
    ours_.push_back({message.known->row, std::move(*record), std::move(proof)});
    return {};
  }

  Result<void> prove(const EvidenceRecord& record, const ProvenRecord& proof, About& message) {
    const auto log = context_.settings.known_logs.find(record.node);
    if (log == context_.settings.known_logs.end()) {
      return refused("LOG_UNKNOWN", "no log key of node " + record.node.text() + " is configured");
    }
    if (auto entitled = require_entitled(record, log->second); !entitled) return entitled;
    if (auto opened = open_checkpoint(log->second, record.node); !opened) return opened;
    auto entry = log::verify_entry(proof.record, proof.index, proof.path, checkpoint_->checkpoint);
    if (!entry) return entry;
    return compare(record, message);
  }

  static Result<void> require_entitled(const EvidenceRecord& record, const KnownLog& log) {
    const bool attests =
        record.event == EvidenceEvent::content_consignment || record.event == EvidenceEvent::content_handover;
    if (!attests) return {};
    for (const AgencyCode& recipient : record.recipients) {
      if (!speaks_for(log, recipient)) {
        return refused("LOG_NOT_AUTHORITATIVE",
                       "node " + record.node.text() + " cannot attest for " + recipient.text());
      }
    }
    return {};
  }

  Result<void> compare(const EvidenceRecord& record, About& message) const {
    if (!message.held) {
      auto held = held_of(context_.services.messages, message.known->row);
      if (!held) return held.error();
      message.held = std::move(*held);
    }
    return require_agreement(context_.services.messages, record, *message.held);
  }

  // Once for all records. They are of one log, and so of one node.
  Result<void> open_checkpoint(const KnownLog& log, const AgencyCode& node) {
    if (opened_by_ == &log) return {};
    if (opened_by_ != nullptr) return refused("LOG_UNKNOWN", "the checkpoint is not of node " + node.text());
    auto opened = log::open_signed_checkpoint(bundle_.checkpoint, log.key);
    if (!opened) return opened.error();
    if (opened->checkpoint.origin != bundle_.origin)
      return refused("LOG_UNKNOWN", "the checkpoint is not of log " + bundle_.origin);
    checkpoint_ = std::move(*opened);
    opened_by_ = &log;
    return {};
  }

  // False if it was kept before.
  bool keep(Transaction& transaction, const Ours& receipt) {
    const StoredReceipt stored{receipt.record.event, receipt.record.node, receipt.proof, bundle_.origin,
                               checkpoint_->checkpoint.size};
    if (!transaction.put_receipt(receipt.row, stored)) return false;
    if (const auto event = delivery_event(receipt.record.event)) {
      advance_lines(transaction, receipt.row, receipt.record.recipients, *event, receipt.record.time,
                    receipt.record.reason + ": " + receipt.record.detail);
    }
    return true;
  }

  const Context& context_;
  const Identity peer_;
  ReceiptBundle bundle_;
  std::map<MessageKey, About> messages_;  // as long as records are checked
  const KnownLog* opened_by_ = nullptr;
  std::optional<log::SignedCheckpoint> checkpoint_;
  std::map<std::string, std::vector<ProvenRecord>> onwards_;
  std::vector<Ours> ours_;
  std::vector<Error> causes_;  // the first refusals
};

void commit(const Context& context, const std::shared_ptr<BundleIntake>& intake, const HopDone& done) {
  const auto committed = [&context, intake, done](const Result<void>& outcome) {
    if (outcome) {
      done({HopResult::accepted, {}});
      return intake->after();
    }
    if (outcome.error().reason != log::kLogForked) return done({HopResult::retry, outcome.error()});
    const auto left = intake->leave_out_ours(outcome.error());
    left ? commit(context, intake, done) : done({HopResult::refused, left.error()});
  };
  context.services.messages.submit([intake](Transaction& transaction) { return intake->write(transaction); },
                                   committed);
}

}  // namespace

void take_bundle(const Context& context, const Identity& peer, ReceiptBundle bundle, HopDone done) {
  auto intake = std::make_shared<BundleIntake>(context, peer, std::move(bundle));
  if (auto checked = intake->check(); !checked) return done({HopResult::refused, checked.error()});
  commit(context, intake, done);
}

}  // namespace tram::exchange
