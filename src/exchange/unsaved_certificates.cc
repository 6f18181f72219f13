#include "exchange/unsaved_certificates.h"

namespace tram::exchange {

void UnsavedCertificates::add(const Digest& certificate, const Bytes& der) {
  const std::lock_guard lock(mutex_);
  if (certificates_.size() < kMost) certificates_.insert_or_assign(certificate, der);
  any_ = true;
}

void UnsavedCertificates::saved(const Digest& certificate) {
  if (!any_) return;
  const std::lock_guard lock(mutex_);
  certificates_.erase(certificate);
  any_ = !certificates_.empty();
}

std::optional<Bytes> UnsavedCertificates::find(const Digest& certificate) const {
  if (!any_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = certificates_.find(certificate);
  if (found == certificates_.end()) return std::nullopt;
  return found->second;
}

}  // namespace tram::exchange
