#include "trust/certificate_cache.h"

#include <algorithm>

namespace tram::trust {

CertificateCache::CertificateCache(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}

CertificatePtr CertificateCache::find(const Digest& sha256) {
  const std::lock_guard lock(mutex_);
  const auto found = by_digest_.find(sha256);
  if (found == by_digest_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return *found->second;
}

void CertificateCache::insert(CertificatePtr certificate) {
  const std::lock_guard lock(mutex_);
  if (by_digest_.contains(certificate->sha256())) return;
  if (order_.size() == capacity_) {
    by_digest_.erase(order_.back()->sha256());
    order_.pop_back();
  }
  order_.push_front(std::move(certificate));
  by_digest_.emplace(order_.front()->sha256(), order_.begin());
}

Result<CertificatePtr> CertificateCache::decode(BytesView der) {
  if (CertificatePtr held = find(Sha256::of(der))) return held;
  auto certificate = Certificate::from_der(der);
  if (certificate) insert(*certificate);
  return certificate;
}

std::size_t CertificateCache::size() const {
  const std::lock_guard lock(mutex_);
  return order_.size();
}

}  // namespace tram::trust
