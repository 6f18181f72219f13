// What a peer asks for before it takes an item: certificates, and content above the inline limit.
#include "codec/header_json.h"
#include "exchange/hop_loading.h"
#include "exchange/link_sender.h"
#include "exchange/stored_contents.h"

namespace tram::exchange {

void LinkSender::provide_certificates(std::uint64_t epoch, std::vector<OutgoingItem> items) {
  post([this, epoch, items = std::move(items)]() mutable {
    std::vector<Bytes> der;
    std::set<Digest> sent;
    for (const OutgoingItem& item : items) {
      for (const Digest& needed : certificates_of(context_, item)) {
        if (!sent.insert(needed).second) continue;
        if (auto certificate = context_.services.messages.certificate(needed)) der.push_back(*certificate);
      }
    }
    std::shared_ptr<PeerStream> stream;
    {
      const std::lock_guard lock(mutex_);
      if (epoch != epoch_) return;
      stream = stream_;
    }
    if (der.empty() || !stream) {
      return fail(epoch, failure(ErrorCode::data_loss, "CERTIFICATE_LOST",
                                 "a signer's certificate is not in the store"));
    }
    stream->send_certificates(der);
    send(epoch, std::move(items));
  });
}

void LinkSender::provide_contents(std::uint64_t epoch, const OutgoingItem& item) {
  post([this, epoch, item] { upload_next(epoch, item, 0); });
}

// Uploads one attachment after another, then sends the item again.
void LinkSender::upload_next(std::uint64_t epoch, const OutgoingItem& item, std::size_t attachment) {
  auto message = context_.services.messages.load(*item.message);
  if (!message) return not_uploaded(epoch, item, message.error());
  auto header = codec::read_kept_header(message->header);
  if (!header) return not_uploaded(epoch, item, header.error());
  const auto& files = header->submission.attachments;
  if (attachment >= files.size()) return send(epoch, {item});
  const auto place = hold_content(context_.services, *message, attachment);
  if (!place) return not_uploaded(epoch, item, place.error());
  uploads_.upload(files[attachment], *place, [this, epoch, item, attachment](const Result<void>& uploaded) {
    if (!uploaded) return not_uploaded(epoch, item, uploaded.error());
    post([this, epoch, item, attachment] { upload_next(epoch, item, attachment + 1); });
  });
}

// Content that the peer will never take kills its message alone; else the peer is away or busy.
void LinkSender::not_uploaded(std::uint64_t epoch, const OutgoingItem& item, const Error& error) {
  if (is_permanent(error)) return settle(epoch, {}, {{item, error}});
  fail(epoch, error);
}

}  // namespace tram::exchange
