#include "exchange/brought_certificates.h"

namespace tram::exchange {

void BroughtCertificates::add(Bytes der) {
  const Digest digest = Sha256::of(der);
  const std::size_t size = der.size();
  const std::lock_guard lock(mutex_);
  if (!certificates_.emplace(digest, std::move(der)).second) return;
  order_.push_back(digest);
  bytes_ += size;
  while (bytes_ > kMostBytes) forget_oldest();
}

Bytes BroughtCertificates::find(const Digest& certificate) const {
  const std::lock_guard lock(mutex_);
  const auto found = certificates_.find(certificate);
  return found == certificates_.end() ? Bytes() : found->second;
}

void BroughtCertificates::forget_oldest() {
  const auto oldest = certificates_.find(order_.front());
  bytes_ -= oldest->second.size();
  certificates_.erase(oldest);
  order_.pop_front();
}

}  // namespace tram::exchange
