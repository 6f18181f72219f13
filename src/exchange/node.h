// The exchange of one node, as transport and console see it. This is the main path: what comes in is handed
// to Acceptance (from agencies) or Arrival (from peers), lies in the store, and goes out by a LinkSender (to
// peers) or an InboxStream (to agencies); ReceiptOffice proves each step to the node that accepted the
// message.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "exchange/alarms.h"
#include "exchange/identity.h"
#include "exchange/ports.h"
#include "exchange/settings.h"
#include "exchange/time_book.h"

namespace tram::exchange {

/// Everything a node needs from outside; all must outlive it. `workers` runs computation and blocking reads.
struct Services {
  Clock& clock;
  Executor& workers;
  Timers& timers;
  MessageStore& messages;
  ContentStore& contents;
  Seals& seals;
  SignatureVerifier& verifier;
  const SignatureReader& signatures;
  Peers& peers;
  Observer& observer;
  const log::NoteSigner& log_key;
  ContentCollector* collector = nullptr;  ///< of `contents`; null: no content is collected
  DiskSpace* disk = nullptr;              ///< null: there is always room
};

/// A header signed by the agency itself.
struct SignedSubmission {
  Bytes header;
  Bytes signature;    ///< certificates may be embedded
  Bytes certificate;  ///< DER; may be empty if embedded
};

/// Attachment bytes inside a request, or a word that they were uploaded.
using SubmittedContent = HopContent;

struct SubmissionRequest {
  std::variant<Submission, SignedSubmission> submission;
  std::vector<SubmittedContent> contents;
};

struct Acceptance {
  MessageKey key;
  Timestamp accepted_at;
  Digest header_digest;
  std::uint64_t log_index = 0;
  bool repeated = false;
};

/// One message handed to a document system.
struct Delivery {
  DeliveryId id;
  bool redelivered = false;
  AgencyCode recipient;
  Bytes header;
  Bytes signature;
  Bytes certificate;  ///< DER
  std::vector<HopContent>
      contents;  ///< what fits the inline limit, the rest as `uploaded`: fetch by attachment()
  Verdict verdict;
  Timestamp arrived_at;
  std::optional<Forwarding>
      forwarding;                ///< the recipient is none of the sender's: the sender's node sent it on
  Bytes forwarding_certificate;  ///< DER
};

/// One message that waits in the caller's inbox, as a list shows it.
struct WaitingDelivery {
  DeliveryId id;
  InboxEntry entry;
};

/// Events of a Receive stream, on any thread, one at a time.
class InboxEvents {
 public:
  virtual ~InboxEvents() = default;
  /// False while what was delivered and is not yet on its way takes as much memory as it may: nothing more is
  /// loaded before InboxStream::resume().
  [[nodiscard]] virtual bool has_room() { return true; }
  virtual void deliver(Delivery delivery) = 0;
  virtual void acknowledged(const DeliveryId& id) = 0;
  virtual void nothing_waiting() = 0;  ///< after each search that found nothing while credits remained
  virtual void draining() = 0;
  virtual void ended(
      const Error& error) = 0;  ///< the identity was revoked, or an acknowledgement was not in order
};

/// One Receive stream. Destroying it returns its claims at once. Threads: any.
class InboxStream {
 public:
  virtual ~InboxStream() = default;
  virtual void add_credits(std::uint32_t credits) = 0;
  /// There is room again, see InboxEvents::has_room().
  virtual void resume() = 0;
  virtual void acknowledge(const DeliveryId& id) = 0;
};

/// One incoming relay stream. Batches are stored in the order given. Threads: any; destroying it drops what
/// is not yet submitted to the store. `answer` gets one outcome an item, after the commit.
class ArrivalStream {
 public:
  using Answer = std::function<void(std::vector<HopOutcome>)>;
  virtual ~ArrivalStream() = default;
  virtual void certificates(std::vector<Bytes> der) = 0;
  virtual void batch(std::vector<HopItem> items, Answer answer) = 0;
};

/// One line of a message's life.
struct TrackEvent {
  Timestamp time;
  AgencyCode node;
  std::string event;
  std::vector<AgencyCode> recipients;
  std::string by;
  std::string detail;
  bool proven = false;
};

struct RecipientTrack {
  RecipientRow row;
  std::uint32_t verified_receipts = 0;
};

struct TrackView {
  Header header;
  Verdict verdict;
  std::vector<RecipientTrack> recipients;
  std::vector<TrackEvent> events;  ///< in order, see in_order()
  TimeBook::Times times;           ///< at this node, while it is in the book
};

/// All that a container of one message needs, but for the attachments' bytes.
struct EvidenceParts {
  StoredMessage message;
  Header header;
  Bytes certificate;
  std::vector<ReceiptBundle> receipts;     ///< our own records first
  std::vector<log::VerifierKey> log_keys;  ///< that their checkpoints were signed with, as far as known here
};

struct LinkState {
  LinkSettings settings;
  bool connected = false;
  std::uint64_t waiting = 0;
  std::uint32_t attempts = 0;
  std::optional<Timestamp> next_try;
  std::string last_error;
};

/// What became of an operator's act.
struct DeliveryAct {
  MessageKey key;
  AgencyCode recipient;
  std::string outcome;  ///< for a person
};

struct AttachmentSource {
  Attachment attachment;
  ContentLocation location;
};

/// Threads: every method, any thread. Methods that answer by value may block on the store: call them from
/// workers.
class Node {
 public:
  virtual ~Node() = default;

  /// Loads the registry and opens the links. The store is already recovered.
  virtual void start() = 0;
  /// Takes no new submissions and batches (UNAVAILABLE, DRAINING) and tells the streams; what is in flight
  /// goes on.
  /// `links_done`: once, on any thread, when the links have had all answers and their streams are over.
  virtual void drain(std::function<void()> links_done) = 0;
  void drain() {
    drain([] {});
  }
  /// Ends links and timers. Afterwards the caller stops the executors, then destroys the store, then the
  /// node.
  virtual void stop() = 0;
  [[nodiscard]] virtual bool is_draining() const = 0;

  /// RESOURCE_EXHAUSTED, DISK_LOW while the disk has no room for new uploads. Never blocks.
  [[nodiscard]] virtual Result<void> has_room() const = 0;

  /// PERMISSION_DENIED naming the certificate if no active entry, link or registrar has it.
  [[nodiscard]] virtual Result<Identity> identify(const Digest& tls_certificate) const = 0;
  /// Calls back whenever the registry has changed: live streams are then identified again. Ends with the
  /// handle.
  [[nodiscard]] virtual std::shared_ptr<void> on_registry_change(std::function<void()> callback) = 0;

  /// Accepts one submission of an agency; `done` once, on any thread, when it is durable or refused.
  virtual void submit(const Identity& who, SubmissionRequest request,
                      std::function<void(Result<Acceptance>)> done) = 0;
  /// PERMISSION_DENIED for who is no agency.
  [[nodiscard]] virtual Result<std::shared_ptr<InboxStream>> receive(const Identity& who,
                                                                     std::shared_ptr<InboxEvents> events) = 0;
  /// What waits in the caller's own inbox behind `after`, the most urgent first, at most `limit`; claims
  /// nothing. PERMISSION_DENIED for who is no agency.
  [[nodiscard]] virtual Result<std::vector<WaitingDelivery>> waiting(const Identity& who,
                                                                     const std::optional<InboxPlace>& after,
                                                                     std::size_t limit) const = 0;
  /// PERMISSION_DENIED for who is no peer.
  [[nodiscard]] virtual Result<std::shared_ptr<ArrivalStream>> arrivals(const Identity& who, Lane lane) = 0;
  /// A peer that calls is up: its link is tried at once. `hello`: what it said.
  virtual void peer_is_up(const std::string& link, const PeerHello& hello) = 0;

  /// What the peer of a link is told in the answer to its hello; see Reconciliation.
  [[nodiscard]] virtual PeerHello hello_to(const std::string& link) const = 0;
  /// A peer that was restored asks what this node holds that came from it: see Peers::list_held(). Reads the
  /// store: from workers. PERMISSION_DENIED for who is no peer.
  [[nodiscard]] virtual Result<HeldPage> held(const Identity& who, Timestamp since,
                                              std::int64_t after) const = 0;
  /// After a restore, for operators: what this node's agencies had submitted and is no more here, as peers
  /// name it. Reads the store: from workers.
  [[nodiscard]] virtual LostMessages lost_messages() const = 0;
  /// After a restore: an operator goes on without the peer of a link. `done` with the links still waited for.
  virtual void go_on_without_peer(const Identity& who, const std::string& link, const std::string& why,
                                  std::function<void(Result<std::vector<std::string>>)> done) = 0;

  /// An evidence record that `who` takes a copy of all this node holds; `done` when it is durable.
  virtual void record_backup(const Identity& who, std::function<void(Result<void>)> done) = 0;

  /// For parties to the message; NOT_FOUND for all others too, so that nobody learns what exists.
  [[nodiscard]] virtual Result<TrackView> track(const Identity& who, const MessageKey& key) const = 0;
  /// Parties and auditors.
  [[nodiscard]] virtual Result<EvidenceParts> evidence(const Identity& who, const MessageKey& key) = 0;
  /// An attachment of a message that lies in the caller's inbox.
  [[nodiscard]] virtual Result<AttachmentSource> attachment(const Identity& who, const DeliveryId& id,
                                                            std::size_t index) const = 0;
  [[nodiscard]] virtual std::vector<AgencyCode> agencies() const = 0;
  [[nodiscard]] virtual const Settings& settings() const = 0;

  /// Operators.
  [[nodiscard]] virtual std::vector<LinkState> links() const = 0;
  [[nodiscard]] virtual std::vector<QueueEntry> queues(const QueueFilter& filter) const = 0;
  [[nodiscard]] virtual std::vector<DeadLetter> dead_letters(std::size_t limit) const = 0;
  /// See DeliveryDesk.
  virtual void retry_delivery(const Identity& who, const DeliveryId& id, const std::string& why,
                              std::function<void(Result<DeliveryAct>)> done) = 0;
  virtual void forward_delivery(const Identity& who, const DeliveryId& id, const std::string& to,
                                const std::string& why, std::function<void(Result<DeliveryAct>)> done) = 0;
  virtual void cancel_delivery(const Identity& who, const DeliveryId& id, const std::string& why,
                               std::function<void(Result<DeliveryAct>)> done) = 0;
  [[nodiscard]] virtual StoreCounts counts() const = 0;
  [[nodiscard]] virtual Alarms& alarms() = 0;
  /// The newest signed checkpoint; signs one first if the log has grown.
  [[nodiscard]] virtual Result<Bytes> checkpoint() = 0;

  /// Registrars. `done` after the commit.
  virtual void add_registration(const Identity& who, RegistryEntry entry,
                                std::function<void(Result<RegistryEntry>)> done) = 0;
  virtual void revoke_registration(const Identity& who, const Digest& certificate,
                                   std::function<void(Result<RegistryEntry>)> done) = 0;
  [[nodiscard]] virtual std::vector<RegistryEntry> registrations() const = 0;
};

/// Makes a node over its ports.
[[nodiscard]] std::unique_ptr<Node> make_node(Settings settings, const Services& services);

}  // namespace tram::exchange
