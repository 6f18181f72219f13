// Certificates read before: a few are wanted again with every document.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/bytes.h"
#include "base/sha256.h"

namespace tram::store {

/// A digest names its certificate for ever, so nothing in it grows old. Threads: any.
class CertificateCache {
 public:
  static constexpr std::size_t kMost = 256;  ///< certificates; full, it begins anew

  [[nodiscard]] std::optional<Bytes> get(const Digest& sha256) const {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(sha256);
    return found == known_.end() ? std::nullopt : std::optional(found->second);
  }
  void put(const Digest& sha256, Bytes der) {
    const std::lock_guard lock(mutex_);
    if (known_.size() >= kMost) known_.clear();
    known_.emplace(sha256, std::move(der));
  }

 private:
  mutable std::mutex mutex_;  // guards what follows
  std::unordered_map<Digest, Bytes> known_;
};

}  // namespace tram::store
