// Certificates decoded once: on the wire and at rest a message names its certificate by SHA-256 alone.
#pragma once

#include <list>
#include <mutex>
#include <unordered_map>

#include "trust/certificate.h"

namespace tram::trust {

/// A bounded map from SHA-256 to the decoded certificate; the least recently used one goes first. What is
/// dropped can be read from the store again. Threads: any.
class CertificateCache {
 public:
  explicit CertificateCache(std::size_t capacity = 4096);

  /// Null if it is not held.
  [[nodiscard]] CertificatePtr find(const Digest& sha256);
  void insert(CertificatePtr certificate);
  /// The certificate held for these bytes, or decodes and keeps them. Errors: as Certificate::from_der.
  [[nodiscard]] Result<CertificatePtr> decode(BytesView der);
  [[nodiscard]] std::size_t size() const;

 private:
  using Order = std::list<CertificatePtr>;  // most recently used first

  const std::size_t capacity_;
  mutable std::mutex mutex_;  // guards the two below
  Order order_;
  std::unordered_map<Digest, Order::iterator> by_digest_;
};

}  // namespace tram::trust
