// Port: the other nodes, as this one sends to them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "exchange/content_store.h"
#include "exchange/lost_messages.h"
#include "model/forwarding.h"
#include "model/message.h"
#include "model/receipt.h"

namespace tram::exchange {

/// When and where the first node accepted a message, proven in its log.
struct ProvenAcceptance {
  std::string origin;
  Bytes checkpoint;
  ProvenRecord record;
};

/// An attachment inside a hop: its bytes, or that they were uploaded before.
struct HopContent {
  bool uploaded = false;
  Bytes bytes;
};

/// One message for the recipients behind a link.
struct HopMessage {
  Bytes header;
  Bytes signature;
  Digest certificate;
  std::vector<AgencyCode> recipients;
  std::vector<HopContent> contents;
  std::vector<AgencyCode> trace;
  std::optional<ProvenAcceptance> acceptance;
  std::optional<Forwarding> forwarding;  ///< its one recipient is none of the sender's
  std::uint32_t retry = 0;  ///< greater than 0: sent out again for these recipients, the so many-th time
};

using HopItem = std::variant<HopMessage, ReceiptBundle>;

enum class HopResult : std::uint8_t {
  accepted,
  refused,  ///< for good
  retry,    ///< the peer takes nothing now
  need_certificate,
  need_content,
  not_yet,  ///< the peer does not take this one now; others it does
};

struct HopOutcome {
  HopResult result = HopResult::retry;
  Error error;  ///< for refused, retry and not_yet
};

/// What a peer says of itself.
struct PeerHello {
  AgencyCode node;
  std::uint64_t inline_limit = 0;
  std::uint32_t max_batch_bytes = 0;
  std::optional<Timestamp> lacks_since;  ///< it was restored from a backup: what came since may be gone
  std::string former_origin;             ///< with lacks_since: of its log then
  std::optional<Timestamp> handed_back;  ///< as in PeerGreeting
  std::uint64_t known_log_size = 0;
  std::optional<Timestamp> time;  ///< what its clock says; older versions say nothing
};

/// What this node tells a peer in its hello.
struct PeerGreeting {
  std::optional<Timestamp> handed_back;  ///< all that went to it since is there again: the time that it gave
  std::uint64_t known_log_size = 0;      ///< of the peer's former log, by the newest checkpoint kept here
};

/// Events of one outgoing stream, on any thread, one at a time; after closed() none.
class PeerStreamEvents {
 public:
  virtual ~PeerStreamEvents() = default;
  /// Asked for when the hello is written.
  [[nodiscard]] virtual PeerGreeting greeting() const { return {}; }
  virtual void opened(const PeerHello& hello) = 0;
  virtual void answered(std::uint64_t batch, std::vector<HopOutcome> outcomes) = 0;
  virtual void draining() = 0;
  virtual void closed(const Error& error) = 0;
};

/// One outgoing stream. Threads: any. Destroying it cancels it; closed() may come once more while that
/// happens.
class PeerStream {
 public:
  virtual ~PeerStream() = default;
  /// Numbers count from 1. Never blocks; the caller bounds what is in flight.
  virtual void send(std::uint64_t batch, std::vector<HopItem> items) = 0;
  virtual void send_certificates(const std::vector<Bytes>& der) = 0;
  /// Nothing is in flight and nothing more will be sent: the peer ends the stream, which comes as closed().
  virtual void finish() = 0;
};

/// What is urgent has a stream of its own on each link, so that no backlog stands before it.
enum class Lane : std::uint8_t { routine = 0, urgent = 1 };

/// The way to the peers.
class Peers {
 public:
  virtual ~Peers() = default;
  /// Begins to open a stream on a link; the answer comes as opened() or closed().
  [[nodiscard]] virtual std::unique_ptr<PeerStream> open(const std::string& link, Lane lane,
                                                         std::shared_ptr<PeerStreamEvents> events) = 0;
  /// Uploads content to a link's peer, from where an earlier try broke off. `done` on any thread.
  virtual void upload(const std::string& link, const Attachment& attachment, const ContentLocation& location,
                      std::function<void(Result<void>)> done) = 0;
  /// A page of what the peer of a link holds that came from this node: `after` is 0, then HeldPage::next.
  /// `done` once, on any thread. UNIMPLEMENTED: the peer's program is older and lists nothing.
  virtual void list_held(const std::string& link, Timestamp since, std::int64_t after,
                         std::function<void(Result<HeldPage>)> done) = 0;
};

}  // namespace tram::exchange
