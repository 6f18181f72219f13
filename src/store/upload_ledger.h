// Which uploads are open, and how much each owner has announced.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "base/error.h"

namespace tram::store {

/// Counts an upload against its owner from its beginning until it is used or discarded, and lets one writer
/// at a time have it. Each counts for kLeastCounted at least, so that a quota bounds their number too.
/// Threads: any.
class UploadLedger {
 public:
  static constexpr std::uint64_t kLeastCounted = 64 << 10;  ///< bytes

  explicit UploadLedger(std::uint64_t quota) : quota_(quota) {}

  /// ABORTED, UPLOAD_BUSY while another writes it; RESOURCE_EXHAUSTED, UPLOAD_QUOTA beyond the owner's quota.
  [[nodiscard]] Result<void> begin(const std::string& owner, const std::string& upload, std::uint64_t size);
  /// Keeps writers out until end(), without being one; false while there is one.
  [[nodiscard]] bool lock(const std::string& upload);
  /// The writer is gone; the upload still counts.
  void end(const std::string& upload);
  /// False while there is a writer, or it is kept out: what `holds` says is asked without one beginning or
  /// ending meanwhile.
  [[nodiscard]] bool unwritten(const std::string& upload, const std::function<bool()>& holds);
  /// An upload found at start.
  void add(const std::string& owner, const std::string& upload, std::uint64_t size);
  /// It counts no more: a message uses it, or it was discarded.
  void settle(const std::string& owner, const std::string& upload);

 private:
  struct Owner {
    std::uint64_t announced = 0;
    std::map<std::string, std::uint64_t> uploads;
  };

  const std::uint64_t quota_;
  std::mutex mutex_;
  std::map<std::string, Owner> owners_;
  std::set<std::string> writing_;
};

}  // namespace tram::store
