#include "exchange/stored_contents.h"

#include "codec/header_json.h"

namespace tram::exchange {
namespace {

Error damaged() {
  return failure(ErrorCode::data_loss, "CONTENT_DAMAGED", "a stored attachment is not what was signed",
                 "restore the node's content from its backup, then retry");
}

Result<Bytes> load(const Context& context, const ContentLocation& place, const Attachment& attachment) {
  auto bytes = context.services.contents.read(place, 0, place.length);
  if (bytes && Sha256::of(*bytes) != attachment.sha256) return damaged();
  return bytes;
}

}  // namespace

Result<std::vector<HopContent>> load_contents(const Context& context, const StoredMessage& message,
                                              std::uint64_t inline_limit) {
  std::uint64_t total = 0;
  for (const ContentLocation& place : message.contents) total += place.length;
  if (message.contents.empty() || total > inline_limit)
    return std::vector<HopContent>(message.contents.size(), HopContent{true, {}});
  const auto header = codec::read_kept_header(message.header);
  if (!header || header->submission.attachments.size() != message.contents.size()) return damaged();
  std::vector<HopContent> out;
  for (std::size_t i = 0; i < message.contents.size(); ++i) {
    auto bytes = load(context, message.contents[i], header->submission.attachments[i]);
    if (!bytes) return bytes.error();
    out.push_back({false, *std::move(bytes)});
  }
  return out;
}

}  // namespace tram::exchange
