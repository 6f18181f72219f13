#include "exchange/receipt_office.h"

#include <algorithm>
#include <map>

#include "codec/bundle.h"
#include "codec/evidence_json.h"
#include "exchange/recipient_lines.h"
#include "log/checkpoint.h"
#include "log/tlog_proof.h"

namespace tram::exchange {
namespace {

constexpr std::size_t kRecordsABundle = 256;  // some 250 KB with their paths: one relay frame

Error refused(std::string reason, std::string message) {
  return failure(ErrorCode::failed_precondition, std::move(reason), std::move(message));
}

// The cursor must not pass over receipts whose own unit failed.
Error not_queued_before() {
  return failure(ErrorCode::aborted, "EARLIER_RECEIPTS_NOT_QUEUED",
                 "the receipts of earlier entries were not queued", "they are queued together");
}

bool speaks_for(const KnownLog& log, const AgencyCode& agency) {
  return std::any_of(log.agencies.begin(), log.agencies.end(),
                     [&](const AgencyCode& prefix) { return agency.within(prefix); });
}

// One bundle on its way through this node.
class BundleIntake {
 public:
  BundleIntake(const Context& context, const Identity& peer, ReceiptBundle bundle)
      : context_(context), peer_(peer), bundle_(std::move(bundle)) {}

  // One record that does not hold spoils no other.
  Result<void> check() {
    Error all = refused("RECEIPTS_REFUSED", "no record of the bundle holds");
    for (ProvenRecord& proof : bundle_.records) {
      if (auto sorted = sort(proof); !sorted) {
        context_.services.observer.refused("receipts from " + peer_.link, {}, sorted.error());
        if (all.causes.size() < 4) all.causes.push_back(sorted.error());
      }
    }
    if (ours_.empty() && onwards_.empty()) return all;
    return {};
  }

  void write(Transaction& transaction) {
    for (auto& [link, records] : onwards_) {
      OutgoingItem item;
      item.link = link;
      item.bundle = codec::write_bundle({bundle_.origin, bundle_.checkpoint, records});
      item.queued_at = context_.now();
      transaction.queue_outgoing(item);
    }
    bool kept = false;
    for (const Ours& receipt : ours_) kept = keep(transaction, receipt) || kept;
    if (kept) transaction.put_checkpoint(bundle_.origin, checkpoint_->size, bundle_.checkpoint);
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

  Result<void> sort(ProvenRecord& proof) {
    auto record = codec::read_record(proof.record);
    if (!record) return record.error();
    if (!record->message || record->recipients.empty())
      return refused("RECEIPT_WITHOUT_MESSAGE", "it names no message");
    const auto known = context_.services.messages.find(*record->message);
    if (!known) return refused("RECEIPT_FOR_UNKNOWN_MESSAGE", text(*record->message) + " is not known here");
    for (const AgencyCode& recipient : record->recipients) {
      if (context_.router.link_towards(recipient) != peer_.link) {
        return refused("RECEIPT_NOT_FROM_THERE", recipient.text() + " of " + text(*record->message) +
                                                     " does not lie behind link " + peer_.link);
      }
    }
    if (!known->from_link.empty()) {
      onwards_[known->from_link].push_back(std::move(proof));
      return {};
    }
    if (auto proven = prove(*record, proof, *known); !proven) return proven.error();
    ours_.push_back({known->row, std::move(*record), std::move(proof)});
    return {};
  }

  Result<void> prove(const EvidenceRecord& record, const ProvenRecord& proof, const KnownMessage& known) {
    const auto log = context_.settings.known_logs.find(record.node);
    if (log == context_.settings.known_logs.end()) {
      return refused("LOG_UNKNOWN", "no log key of node " + record.node.text() + " is configured");
    }
    const bool attests =
        record.event == EvidenceEvent::content_consignment || record.event == EvidenceEvent::content_handover;
    for (const AgencyCode& recipient : record.recipients) {
      if (attests && !speaks_for(log->second, recipient)) {
        return refused("LOG_NOT_AUTHORITATIVE",
                       "node " + record.node.text() + " cannot attest for " + recipient.text());
      }
    }
    if (record.header != known.header_digest)
      return refused("RECEIPT_OF_OTHER_CONTENT", "it names another header");
    if (!checkpoint_) {
      auto opened = log::open_checkpoint(bundle_.checkpoint, log->second.key);
      if (!opened) return opened.error();
      checkpoint_ = std::move(*opened);
    }
    if (checkpoint_->origin != log->second.key.name() || bundle_.origin != checkpoint_->origin) {
      return refused("LOG_UNKNOWN", "the checkpoint is not of node " + record.node.text());
    }
    return log::verify_entry(proof.record, proof.index, proof.path, *checkpoint_);
  }

  // False if it was kept before.
  bool keep(Transaction& transaction, const Ours& receipt) {
    const StoredReceipt stored{receipt.record.event, receipt.record.node, receipt.proof, bundle_.origin,
                               checkpoint_->size};
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
  std::optional<log::Checkpoint> checkpoint_;
  std::map<std::string, std::vector<ProvenRecord>> onwards_;
  std::vector<Ours> ours_;
};

}  // namespace

void ReceiptOffice::log_grew() {
  const std::lock_guard lock(mutex_);
  if (timer_ || stopped_) return;
  timer_ = context_.services.timers.after(context_.settings.checkpoint_interval,
                                          [this] { context_.services.workers.post([this] { issue(); }); });
}

void ReceiptOffice::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  timer_.reset();
}

void ReceiptOffice::issue() {
  {
    const std::lock_guard lock(mutex_);
    timer_.reset();  // what is logged from here on needs a checkpoint of its own
  }
  if (auto note = checkpoint_now(); !note)
    context_.services.observer.note("checkpoint failed", note.error().text_for_log());
}

Result<Bytes> ReceiptOffice::checkpoint_now() {
  const std::lock_guard lock(issuing_);
  const std::uint64_t size = context_.services.messages.log_size();
  if (!last_note_.empty() && size == last_.size) return last_note_;
  auto root = context_.services.messages.log_root(size);
  if (!root) return root.error();
  const log::Checkpoint checkpoint{context_.settings.log_origin, size, *root, {}};
  auto note = log::sign_checkpoint(checkpoint, context_.services.log_key);
  if (!note) return note.error();
  if (auto queued = queue_receipts(checkpoint, *note); !queued) return queued.error();
  last_ = checkpoint;
  last_note_ = *note;
  return last_note_;
}

Result<void> ReceiptOffice::queue_receipts(const log::Checkpoint& checkpoint, const Bytes& note) {
  MessageStore& store = context_.services.messages;
  const std::uint64_t first = std::max(store.receipt_cursor(), queued_);
  std::uint64_t from = first;
  std::vector<OutgoingItem> items;
  while (true) {
    const auto due = store.receipts_due(from, checkpoint.size, kRecordsABundle);
    std::map<std::string, ReceiptBundle> bundles;
    for (const LogEntry& entry : due) {
      auto path = store.prove(entry.index, checkpoint.size);
      if (!path) return path.error();
      ReceiptBundle& bundle =
          bundles.try_emplace(entry.receipt_link, ReceiptBundle{checkpoint.origin, note, {}}).first->second;
      bundle.records.push_back({entry.record, entry.index, std::move(*path)});
    }
    for (const auto& [link, bundle] : bundles) {
      OutgoingItem item;
      item.link = link;
      item.bundle = codec::write_bundle(bundle);
      item.queued_at = context_.now();
      items.push_back(std::move(item));
    }
    if (due.size() < kRecordsABundle) break;
    from = due.back().index + 1;
  }
  queued_ = checkpoint.size;
  auto shared = std::make_shared<const std::vector<OutgoingItem>>(std::move(items));
  store.submit(
      [shared, first, checkpoint, note](Transaction& transaction) -> Result<void> {
        if (transaction.receipt_cursor() > checkpoint.size) return {};
        if (transaction.receipt_cursor() < first) return not_queued_before();
        for (const OutgoingItem& item : *shared) transaction.queue_outgoing(item);
        transaction.put_checkpoint(checkpoint.origin, checkpoint.size, note);
        transaction.set_receipt_cursor(checkpoint.size);
        return {};
      },
      [this, shared](Result<void> done) {
        if (!done) return not_queued(done.error());
        for (const OutgoingItem& item : *shared) context_.wakeups.outgoing(item.link, 0);
      });
  return {};
}

// What was not queued is due again.
void ReceiptOffice::not_queued(const Error& error) {
  context_.services.observer.note("receipts not queued", error.text_for_log());
  {
    const std::lock_guard lock(issuing_);
    queued_ = 0;  // from the stored cursor
    last_note_.clear();
  }
  log_grew();
}

void ReceiptOffice::arrived(const Identity& peer, ReceiptBundle bundle,
                            std::function<void(HopOutcome)> done) {
  auto intake = std::make_shared<BundleIntake>(context_, peer, std::move(bundle));
  if (auto checked = intake->check(); !checked) {
    return done({HopResult::refused, checked.error()});
  }
  context_.services.messages.submit(
      [intake](Transaction& transaction) -> Result<void> {
        intake->write(transaction);
        return {};
      },
      [intake, done = std::move(done)](Result<void> committed) {
        if (!committed) return done({HopResult::retry, committed.error()});
        done({HopResult::accepted, {}});
        intake->after();
      });
}

}  // namespace tram::exchange
