// Paths from signers to configured roots (RFC 5280 section 6), found once and remembered. For trust/*.cc.
#pragma once

#include <deque>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "trust/certificate.h"

namespace tram::trust {

/// The path of one signing certificate, and whether it may sign documents at all.
struct Chain {
  std::vector<Error> path_causes;   ///< why there is no path: CHAIN_INCOMPLETE, CHAIN_INVALID
  std::vector<Error> usage_causes;  ///< KEY_USAGE, KEY_TOO_WEAK, KEY_NOT_SUPPORTED; does not depend on time
  std::vector<Error> validity_causes;  ///< CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID when it was built
  std::vector<CertificatePtr> path;    ///< signer first, root last; as far as it was found
  Timestamp from;                      ///< the path holds from here
  Timestamp until;                     ///< to here, excluded
  [[nodiscard]] bool holds_at(Timestamp time) const { return from <= time && time < until; }
};
using ChainPtr = std::shared_ptr<const Chain>;

/// Builds paths for the purpose of signing documents and keeps the good ones, each until the earliest end of
/// validity in it. Roots and intermediates are fixed; a new configuration is a new builder. Revocation is not
/// looked at here. Threads: any.
class ChainBuilder {
 public:
  ChainBuilder(const std::vector<CertificatePtr>& roots, const std::vector<CertificatePtr>& intermediates,
               std::size_t capacity);
  ~ChainBuilder();
  ChainBuilder(const ChainBuilder&) = delete;
  ChainBuilder& operator=(const ChainBuilder&) = delete;

  [[nodiscard]] ChainPtr chain_of(const CertificatePtr& certificate, Timestamp at) const;
  /// How many paths are remembered, and how many were built.
  [[nodiscard]] std::size_t remembered() const;
  [[nodiscard]] std::uint64_t built() const;

 private:
  struct Anchors;
  ChainPtr build(const CertificatePtr& certificate, Timestamp at) const;
  void remember(const Digest& certificate, const ChainPtr& chain) const;

  const std::unique_ptr<const Anchors> anchors_;
  const std::size_t capacity_;
  mutable std::shared_mutex mutex_;  // guards the three below
  mutable std::unordered_map<Digest, ChainPtr> good_;
  mutable std::deque<Digest> order_;  // oldest first; the next to be forgotten
  mutable std::uint64_t built_ = 0;
};

}  // namespace tram::trust
