// Certificates that a peer has sent and that no good signature has used yet.
#pragma once

#include <deque>
#include <map>
#include <mutex>

#include "base/bytes.h"
#include "base/sha256.h"

namespace tram::exchange {

/// Of one stream: whoever is at its other end may send certificates that anybody made, so they are neither
/// decoded nor kept beyond kMostBytes, the oldest going first; a message that needs one of those is asked for
/// it again. Threads: any.
class BroughtCertificates {
 public:
  static constexpr std::size_t kMostBytes = 1 << 20;  ///< 64 of the largest, a thousand usual ones

  void add(Bytes der);
  /// Empty if it is not here.
  [[nodiscard]] Bytes find(const Digest& certificate) const;

 private:
  void forget_oldest();

  mutable std::mutex mutex_;  // guards what follows
  std::map<Digest, Bytes> certificates_;
  std::deque<Digest> order_;  // as they came
  std::size_t bytes_ = 0;
};

}  // namespace tram::exchange
