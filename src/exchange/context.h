// What the parts of one node share.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "exchange/clock_trust.h"
#include "exchange/disk_guard.h"
#include "exchange/node.h"
#include "exchange/registry_book.h"
#include "exchange/router.h"
#include "exchange/time_book.h"
#include "exchange/unsaved_certificates.h"

namespace tram::exchange {

/// The one place that knows who must be woken after a commit. Threads: any.
class Wakeups {
 public:
  virtual ~Wakeups() = default;
  /// The lane of that priority, or both.
  virtual void outgoing(const std::string& link, std::optional<int> priority) = 0;
  virtual void all_links() = 0;
  /// The peer of a link says since when it may lack what was sent to it.
  virtual void peer_lacks(const std::string& link, const PeerHello& hello) = 0;
  [[nodiscard]] virtual PeerGreeting greeting(const std::string& link) const = 0;
  /// A link that pauses between two tries tries now.
  virtual void try_now(const std::string& link) = 0;
  /// The link says hello anew; every one if none is named.
  virtual void greet_again(const std::optional<std::string>& link) = 0;
  virtual void inbox(const AgencyCode& agency, const std::string& inbox) = 0;
  virtual void log_grew() = 0;
};

/// Plain references; lives as long as the node.
struct Context {
  const Settings& settings;
  const Services& services;
  const Router& router;
  RegistryBook& registry;
  Wakeups& wakeups;
  ClockTrust& clocks;
  const DiskGuard& disk;
  TimeBook& times;
  UnsavedCertificates& unsaved;

  [[nodiscard]] Timestamp now() const { return services.clock.now(); }
};

/// "sender/id", for logs.
[[nodiscard]] inline std::string text(const MessageKey& key) {
  return key.sender.text() + "/" + key.id.text();
}

/// Whether a message may be committed before others that wait. What names another message may not: it could
/// overtake it.
[[nodiscard]] inline bool may_jump_the_queue(const StoredMessage& message) {
  return message.priority != Priority::routine && message.references.empty();
}

/// The class a message is queued in.
[[nodiscard]] inline int queue_priority(const Submission& submission) {
  return static_cast<int>(submission.priority);
}

}  // namespace tram::exchange
