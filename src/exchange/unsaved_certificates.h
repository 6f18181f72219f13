// Certificates that were learnt, and are not certainly in the store.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>

#include "base/bytes.h"
#include "base/sha256.h"

namespace tram::exchange {

/// A certificate is written in a unit of its own as soon as it is learnt. If that fails, as on a full disk,
/// the verifier knows it nevertheless: whatever message needs it then writes it in its own unit, for without
/// it nobody could check the message. Threads: any.
class UnsavedCertificates {
 public:
  static constexpr std::size_t kMost =
      1024;  ///< at 16 KiB each; one more is learnt again when it is sent again

  /// Before the unit that writes it is submitted.
  void add(const Digest& certificate, const Bytes& der);
  /// It was written: a unit of work with it is durable.
  void saved(const Digest& certificate);
  /// The certificate if it may not be in the store; mostly nothing, and then without waiting.
  [[nodiscard]] std::optional<Bytes> find(const Digest& certificate) const;

 private:
  std::atomic<bool> any_{false};
  mutable std::mutex mutex_;  // guards what follows
  std::map<Digest, Bytes> certificates_;
};

}  // namespace tram::exchange
