#include "exchange/link_uploads.h"

namespace tram::exchange {

void LinkUploads::upload(const Attachment& attachment, const ContentLocation& location, Done done) {
  const Key key{attachment.sha256, attachment.size};
  {
    const std::lock_guard lock(mutex_);
    auto& waiting = waiting_[key];
    waiting.push_back(std::move(done));
    if (waiting.size() > 1) return;
  }
  context_.services.peers.upload(link_, attachment, location,
                                 [this, key](const Result<void>& result) { finished(key, result); });
}

void LinkUploads::finished(const Key& key, const Result<void>& result) {
  std::vector<Done> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting = std::move(waiting_.extract(key).mapped());
  }
  for (const Done& done : waiting) done(result);
}

}  // namespace tram::exchange
