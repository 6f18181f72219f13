#include "exchange/stored_contents.h"

#include "codec/header_json.h"
#include "exchange/retention.h"

namespace tram::exchange {
namespace {

Error damaged() {
  return failure(ErrorCode::data_loss, "CONTENT_DAMAGED", "a stored attachment is not what was signed",
                 "restore the node's content from its backup, then retry");
}

constexpr int kMoves = 8;  // that may come in between; one already needs a mostly dead segment

// `use` of a content's place; again, if a collector has moved it since the message was loaded.
template <class Use>
auto use_content(const Services& services, const StoredMessage& message, std::size_t index, Use use)
    -> decltype(use(ContentLocation())) {
  if (message.contents_pruned_at) return content_pruned(message);
  if (index >= message.contents.size()) return damaged();
  ContentLocation place = message.contents[index];
  for (int moves = 0;; ++moves) {
    auto used = use(place);
    if (used || used.error().code != ErrorCode::data_loss || moves == kMoves) return used;
    const auto again = services.messages.load(message.row);
    if (!again) return again.error();
    if (again->contents_pruned_at) return content_pruned(*again);
    if (index >= again->contents.size() || again->contents[index] == place) return used;
    place = again->contents[index];
  }
}

// None if its header cannot be read.
std::vector<Attachment> attachments_of(const StoredMessage& message) {
  if (message.reading) return message.reading->header.submission.attachments;
  auto header = codec::read_kept_header(message.header);
  return header ? std::move(header->submission.attachments) : std::vector<Attachment>();
}

Result<Bytes> load(const Services& services, const StoredMessage& message, std::size_t index,
                   const Attachment& attachment) {
  auto bytes = use_content(services, message, index, [&](const ContentLocation& place) {
    return services.contents.read(place, 0, place.length);
  });
  if (bytes && Sha256::of(*bytes) != attachment.sha256) return damaged();
  return bytes;
}

}  // namespace

Result<std::vector<HopContent>> load_contents(const Context& context, const StoredMessage& message,
                                              std::uint64_t inline_limit) {
  if (message.contents_pruned_at) return content_pruned(message);
  std::uint64_t total = 0;
  for (const ContentLocation& place : message.contents) total += place.length;
  if (message.contents.empty() || total > inline_limit)
    return std::vector<HopContent>(message.contents.size(), HopContent{true, {}});
  const auto attachments = attachments_of(message);
  if (attachments.size() != message.contents.size()) return damaged();
  std::vector<HopContent> out;
  for (std::size_t i = 0; i < message.contents.size(); ++i) {
    auto bytes = load(context.services, message, i, attachments[i]);
    if (!bytes) return bytes.error();
    out.push_back({false, *std::move(bytes)});
  }
  return out;
}

Result<ContentLocation> hold_content(const Services& services, const StoredMessage& message,
                                     std::size_t index) {
  return use_content(services, message, index,
                     [&](const ContentLocation& place) { return services.contents.hold(place); });
}

}  // namespace tram::exchange
