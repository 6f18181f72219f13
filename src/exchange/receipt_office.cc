#include "exchange/receipt_office.h"

#include <algorithm>
#include <map>

#include "codec/bundle.h"
#include "exchange/bundle_intake.h"
#include "log/checkpoint.h"

namespace tram::exchange {
namespace {

constexpr std::size_t kRecordsABundle = 256;  // some 250 KB with their paths: one relay frame

// The cursor must not pass over receipts whose own unit failed.
Error not_queued_before() {
  return failure(ErrorCode::aborted, "EARLIER_RECEIPTS_NOT_QUEUED",
                 "the receipts of earlier entries were not queued", "they are queued together");
}

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
        transaction.set_receipt_cursor(checkpoint.size);
        return transaction.put_checkpoint(checkpoint.origin, checkpoint.size, note);
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
  take_bundle(context_, peer, std::move(bundle), std::move(done));
}

}  // namespace tram::exchange
