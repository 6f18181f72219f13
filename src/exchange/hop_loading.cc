#include "exchange/hop_loading.h"

#include <algorithm>

#include "codec/bundle.h"
#include "exchange/stored_contents.h"
#include "log/checkpoint.h"

namespace tram::exchange {
namespace {

// A message this old goes with the proof of its acceptance, by which later nodes judge its certificates.
constexpr Duration kProofAfter = std::chrono::seconds(10);

// Where the first node accepted the message, proven: our own log if that was here, else what came along.
std::optional<ProvenAcceptance> acceptance_of(const Context& context, const StoredMessage& message) {
  MessageStore& store = context.services.messages;
  if (message.kind != MessageKind::dispatch || context.now() - message.stored_at < kProofAfter)
    return std::nullopt;
  if (!message.from_link.empty()) {
    for (StoredReceipt& receipt : store.receipts_of(message.row)) {
      if (receipt.event != EvidenceEvent::submission_acceptance) continue;
      auto note = store.checkpoint(receipt.origin, receipt.checkpoint_size);
      if (note) return ProvenAcceptance{receipt.origin, *note, std::move(receipt.proof)};
    }
    return std::nullopt;
  }
  const auto note = store.latest_checkpoint(context.settings.log_origin);
  if (!note) return std::nullopt;
  const auto checkpoint = log::open_checkpoint(*note, context.services.log_key.verifier());
  if (!checkpoint || checkpoint->size <= message.log_index) return std::nullopt;
  auto path = store.prove(message.log_index, checkpoint->size);
  for (const LogEntry& entry : store.entries_of(message.row)) {
    if (entry.index == message.log_index && path) {
      return ProvenAcceptance{checkpoint->origin, *note, {entry.record, entry.index, std::move(*path)}};
    }
  }
  return std::nullopt;
}

}  // namespace

bool is_permanent(const Error& error) {
  if (error.reason == "UPLOAD_OFFSET") return false;  // the peer stored more than it said when it was asked
  switch (error.code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::not_found:
    case ErrorCode::already_exists:
    case ErrorCode::failed_precondition:
    case ErrorCode::data_loss:
      return true;
    default:
      return false;
  }
}

std::size_t wire_size(const HopItem& item) {
  if (const auto* bundle = std::get_if<ReceiptBundle>(&item)) {
    std::size_t size = bundle->checkpoint.size() + 64;
    for (const ProvenRecord& record : bundle->records)
      size += record.record.size() + record.path.size() * 34 + 16;
    return size;
  }
  const auto& message = std::get<HopMessage>(item);
  std::size_t size = message.header.size() + message.signature.size() + 256;
  for (const HopContent& content : message.contents) size += content.bytes.size() + 8;
  return size;
}

std::vector<Digest> certificates_of(const Context& context, const OutgoingItem& item) {
  std::vector<Digest> out;
  if (const auto message = context.services.messages.load(*item.message)) out.push_back(message->certificate);
  if (item.retry == 0 || item.recipients.size() != 1) return out;
  if (const auto forwarding = context.services.messages.forwarding(*item.message, item.recipients.front()))
    out.push_back(forwarding->certificate);
  return out;
}

Result<HopItem> load_hop(const Context& context, OutgoingItem& item, const PeerHello& peer) {
  if (!item.message) {
    auto bundle = codec::read_bundle(item.bundle);
    if (!bundle) return bundle.error();
    return HopItem(std::move(*bundle));
  }
  auto message = context.services.messages.load(*item.message);
  if (!message) return message.error();
  item.key = message->key;
  HopMessage hop;
  hop.acceptance = acceptance_of(context, *message);
  hop.trace = message->trace;
  hop.trace.push_back(context.settings.node);
  hop.recipients = item.recipients;
  hop.retry = item.retry;
  if (item.retry > 0 && item.recipients.size() == 1)
    hop.forwarding = context.services.messages.forwarding(*item.message, item.recipients.front());
  hop.certificate = message->certificate;
  auto contents =
      load_contents(context, *message, std::min(context.settings.inline_limit, peer.inline_limit));
  if (!contents) return contents.error();
  hop.contents = *std::move(contents);
  hop.header = std::move(message->header);
  hop.signature = std::move(message->signature);
  return HopItem(std::move(hop));
}

}  // namespace tram::exchange
