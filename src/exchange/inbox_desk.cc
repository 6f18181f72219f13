#include "exchange/inbox_desk.h"

#include <algorithm>
#include <atomic>
#include <deque>

#include "codec/evidence_json.h"
#include "codec/verdict_json.h"
#include "exchange/alarming_observer.h"
#include "exchange/filing.h"
#include "exchange/hop_loading.h"
#include "exchange/recipient_lines.h"
#include "exchange/stored_contents.h"

namespace tram::exchange {
namespace {

constexpr std::uint32_t kMaxCredits = 10'000;
constexpr std::size_t kClaim = 64;
constexpr Duration kUntilReadAgain = std::chrono::seconds(10);

std::string unique_owner(const Identity& who) {
  static std::atomic<std::uint64_t> counter{0};
  return "inbox:" + who.agency.text() + ":" + std::to_string(++counter);
}

}  // namespace

// One stream. Lives as long as the transport holds it or work for it is under way.
class DeskStream : public std::enable_shared_from_this<DeskStream> {
 public:
  DeskStream(const Context& context, Identity who, std::shared_ptr<InboxEvents> events)
      : context_(context), who_(std::move(who)), owner_(unique_owner(who_)), events_(std::move(events)) {}

  const Identity& who() const { return who_; }

  void add_credits(std::uint32_t credits) {
    {
      const std::lock_guard lock(mutex_);
      credits_ = std::min(kMaxCredits, credits_ + std::min(credits, kMaxCredits));
    }
    wake();
  }

  void wake() {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || credits_ == 0) return;
      if (searching_) {
        again_ = true;
        return;
      }
      searching_ = true;
    }
    context_.services.workers.post([self = shared_from_this()] { self->search(); });
  }

  void acknowledge(const DeliveryId& id) {
    auto parsed = parse_delivery_id(id);
    if (parsed && parsed->second != who_.agency) {
      parsed = invalid("acknowledge", "DELIVERY_FOREIGN",
                       "delivery " + id.text() + " is not " + who_.agency.text() + "'s");
    }
    if (!parsed) return end(parsed.error());
    auto record = std::make_shared<std::optional<EvidenceRecord>>();
    auto unblocked = std::make_shared<bool>(false);
    context_.services.messages.submit(
        [self = shared_from_this(), key = parsed->first, record, unblocked](Transaction& transaction) {
          return self->write(transaction, key, *record, *unblocked);
        },
        [self = shared_from_this(), id, record, unblocked](const Result<void>& committed) {
          if (!committed) return self->end(committed.error());
          if (*record) self->context_.times.reached(Stage::hand_over, *(*record)->message);
          if (auto events = self->events()) events->acknowledged(id);
          if (*unblocked) self->context_.wakeups.inbox(self->who_.agency, self->who_.inbox);
          if (!*record) return;
          self->context_.services.observer.recorded(**record);
          self->context_.wakeups.log_grew();
        });
  }

  void drain() {
    if (auto listening = events()) listening->draining();
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      events_.reset();
      read_again_at_.reset();
    }
    context_.services.messages.release_claims(owner_);
    context_.wakeups.inbox(who_.agency, who_.inbox);
  }

 private:
  void end(const Error& error) {
    if (auto listening = events()) listening->ended(error);
  }

  std::shared_ptr<InboxEvents> events() {
    const std::lock_guard lock(mutex_);
    return closed_ ? nullptr : events_;
  }

  void search() {
    while (true) {
      std::size_t wanted = 0;
      {
        const std::lock_guard lock(mutex_);
        again_ = false;
        if (std::exchange(read_again_, false)) take_up_unread();
        wanted = closed_ || unread_.size() >= kClaim ? 0 : std::min<std::size_t>(credits_, kClaim);
        if (wanted == 0) {
          searching_ = false;
          return;
        }
      }
      bool last = false;  // nothing waits behind what is claimed
      if (claimed_.empty()) {
        for (InboxItem& item :
             context_.services.messages.claim_inbox(who_.agency, who_.inbox, owner_, wanted))
          claimed_.push_back(std::move(item));
        last = claimed_.size() < wanted;
      }
      hand_over_claimed();
      auto listening = events();
      if (!listening) {  // closed meanwhile: what was just claimed goes back
        context_.services.messages.release_claims(owner_);
        context_.wakeups.inbox(who_.agency, who_.inbox);  // who looked in between found nothing
      } else if (last && claimed_.empty() && unread_.empty()) {
        listening->nothing_waiting();
      }
      const std::lock_guard lock(mutex_);
      if ((last || !claimed_.empty()) && !again_) {
        searching_ = false;
        return;
      }
    }
  }

  // As far as the listener has room: a client that does not read costs claims here and no documents in
  // memory.
  void hand_over_claimed() {
    while (!claimed_.empty()) {
      const auto listening = events();
      if (!listening) return claimed_.clear();
      if (!listening->has_room()) return;
      hand_over(claimed_.front());
      claimed_.pop_front();
    }
  }

  // They keep their claims, and hold nobody up: what waits for one of them is blocked in the store.
  void read_later(const InboxItem& item) {
    unread_.push_back(item);
    const std::lock_guard lock(mutex_);
    if (closed_ || read_again_at_) return;
    read_again_at_ = context_.services.timers.after(kUntilReadAgain, [stream = weak_from_this()] {
      const auto self = stream.lock();
      if (self) self->context_.services.workers.post([self] { self->read_again(); });
    });
  }

  void read_again() {
    {
      const std::lock_guard lock(mutex_);
      read_again_at_.reset();
      read_again_ = true;
    }
    wake();
  }

  void take_up_unread() {
    claimed_.insert(claimed_.begin(), unread_.begin(), unread_.end());
    unread_.clear();
  }

  void hand_over(const InboxItem& item) {
    auto delivery = load(item);
    if (!delivery && !is_permanent(delivery.error())) read_later(item);
    if (!delivery) {
      const auto message = context_.services.messages.load(item.message);
      context_.services.observer.refused(kHandOver, message ? message->key : MessageKey(), delivery.error());
      return;
    }
    auto listening = events();
    {
      const std::lock_guard lock(mutex_);
      if (credits_ > 0) --credits_;
    }
    if (listening) listening->deliver(std::move(*delivery));
  }

  Result<Delivery> load(const InboxItem& item) const {
    auto message = context_.services.messages.load(item.message);
    if (!message) return message.error();
    Delivery out;
    out.id = delivery_id(message->key, item.agency);
    out.redelivered = item.redelivered;
    out.recipient = item.agency;
    out.certificate = context_.services.messages.certificate(message->certificate).value_or(Bytes());
    if (message->reading) {
      out.verdict = message->reading->verdict;
    } else if (auto verdict = codec::read_verdict(message->verdict)) {
      out.verdict = std::move(*verdict);
    }
    out.arrived_at = message->stored_at;
    if (!known_as_named(*message, item.agency))
      out.forwarding = context_.services.messages.forwarding(item.message, item.agency);
    if (out.forwarding) {
      out.forwarding_certificate =
          context_.services.messages.certificate(out.forwarding->certificate).value_or(Bytes());
    }
    auto contents = load_contents(context_, *message, context_.settings.inline_limit);
    if (!contents) return contents.error();
    out.contents = *std::move(contents);
    out.header = std::move(message->header);
    out.signature = std::move(message->signature);
    return out;
  }

  // Only a recipient that its sender did not name needs the word of a node.
  static bool known_as_named(const StoredMessage& message, const AgencyCode& recipient) {
    if (!message.reading) return false;
    const auto& named = message.reading->header.submission.recipients;
    return std::find(named.begin(), named.end(), recipient) != named.end();
  }

  // An acknowledgement of what was acknowledged before changes nothing and is answered the same.
  Result<void> write(Transaction& transaction, const MessageKey& key, std::optional<EvidenceRecord>& written,
                     bool& unblocked) {
    written.reset();
    unblocked = false;
    const auto known = transaction.find(key);
    const auto line = known ? transaction.recipient(known->row, who_.agency) : std::nullopt;
    if (!line || !was_consigned(*line))
      return failure(ErrorCode::not_found, "DELIVERY_UNKNOWN", "no such delivery", "check the deliveryId");
    const auto item = transaction.inbox_item(known->row, who_.agency);
    if (!item) return {};
    if (!context_.services.messages.holds_claim(owner_, item->row)) {
      return failure(ErrorCode::aborted, "CLAIM_LOST", "the delivery is no longer this stream's",
                     "it comes again, marked redelivered: acknowledge it then");
    }
    const StoredMessage message = transaction.load(known->row);
    unblocked = transaction.remove_inbox(item->row);
    advance_line(transaction, known->row, *line, DeliveryEvent::handed_over, context_.now());
    EvidenceRecord record = record_of(context_, message, EvidenceEvent::content_handover, {who_.agency});
    record.peer = who_.system;
    const bool tell = message.kind == MessageKind::dispatch;
    transaction.append_record(codec::write_record(record), known->row, tell ? message.from_link : "");
    written = std::move(record);
    return {};
  }

  static bool was_consigned(const RecipientRow& line) {
    return line.state == RecipientState::consigned || line.state == RecipientState::handed_over;
  }

  const Context& context_;
  const Identity who_;
  const std::string owner_;
  std::deque<InboxItem> claimed_;  // and not yet handed over; of the one search at a time
  std::deque<InboxItem> unread_;   // claimed, and not to be read for now; of the one search, too
  std::mutex mutex_;               // guards what follows
  std::shared_ptr<InboxEvents> events_;
  std::uint32_t credits_ = 0;
  bool searching_ = false;
  bool again_ = false;
  bool closed_ = false;
  bool read_again_ = false;
  std::unique_ptr<TimerHandle> read_again_at_;
};

namespace {

// What the transport holds: letting go of it closes the stream.
class StreamHandle final : public InboxStream {
 public:
  explicit StreamHandle(std::shared_ptr<DeskStream> stream) : stream_(std::move(stream)) {}
  ~StreamHandle() override { stream_->close(); }
  void add_credits(std::uint32_t credits) override { stream_->add_credits(credits); }
  void resume() override { stream_->wake(); }
  void acknowledge(const DeliveryId& id) override { stream_->acknowledge(id); }

 private:
  std::shared_ptr<DeskStream> stream_;
};

// Only an agency has an inbox: the one of its registry entry.
Result<void> require_agency(const Identity& who) {
  if (who.roles.has(Role::agency)) return {};
  return failure(ErrorCode::permission_denied, "ROLE_MISSING",
                 "the certificate sha256:" + who.certificate.hex() + " has no registry entry as an agency",
                 "ask the registrar for an entry with the role agency");
}

}  // namespace

Result<std::shared_ptr<InboxStream>> InboxDesk::open(const Identity& who,
                                                     std::shared_ptr<InboxEvents> events) {
  if (auto allowed = require_agency(who); !allowed) return allowed.error();
  auto stream = std::make_shared<DeskStream>(context_, who, std::move(events));
  const std::lock_guard lock(mutex_);
  auto& streams = inboxes_[{who.agency, who.inbox}].streams;
  std::erase_if(streams, [](const auto& old) { return old.expired(); });
  streams.push_back(stream);
  return std::shared_ptr<InboxStream>(std::make_shared<StreamHandle>(std::move(stream)));
}

Result<std::vector<WaitingDelivery>> InboxDesk::list(const Identity& who,
                                                     const std::optional<InboxPlace>& after,
                                                     std::size_t limit) const {
  if (auto allowed = require_agency(who); !allowed) return allowed.error();
  std::vector<WaitingDelivery> out;
  for (InboxEntry& entry : context_.services.messages.list_inbox(who.agency, who.inbox, after, limit)) {
    DeliveryId id = delivery_id(entry.key, who.agency);
    out.push_back({std::move(id), std::move(entry)});
  }
  return out;
}

namespace {

using Streams = std::vector<std::shared_ptr<DeskStream>>;

void add_living(const std::vector<std::weak_ptr<DeskStream>>& streams, std::size_t first, Streams& out) {
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (auto alive = streams[(first + i) % streams.size()].lock()) out.push_back(std::move(alive));
  }
}

}  // namespace

void InboxDesk::wake(const AgencyCode& agency, const std::string& inbox) {
  Streams streams;
  {
    const std::lock_guard lock(mutex_);
    const auto found = inboxes_.find({agency, inbox});
    if (found == inboxes_.end()) return;
    add_living(found->second.streams, found->second.next++, streams);
  }
  for (const auto& stream : streams) stream->wake();
}

void InboxDesk::drain() {
  Streams streams;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [inbox, competing] : inboxes_) add_living(competing.streams, 0, streams);
  }
  for (const auto& stream : streams) stream->drain();
}

DeliveryId delivery_id(const MessageKey& message, const AgencyCode& recipient) {
  return DeliveryId(message.sender.text() + "/" + message.id.text() + "/" + recipient.text());
}

Result<std::pair<MessageKey, AgencyCode>> parse_delivery_id(const DeliveryId& id) {
  const std::string& all = id.text();
  const std::size_t first = all.find('/');
  const std::size_t last = all.rfind('/');
  if (first != std::string::npos && first < last) {
    auto sender = AgencyCode::parse(all.substr(0, first));
    auto recipient = AgencyCode::parse(all.substr(last + 1));
    const std::string name = all.substr(first + 1, last - first - 1);
    if (sender && recipient && is_message_id(name))
      return std::pair{MessageKey{*sender, MessageId(name)}, *recipient};
  }
  return invalid("delivery_id", "DELIVERY_ID_MALFORMED", "not a deliveryId of this node",
                 "give back the deliveryId exactly as it came");
}

}  // namespace tram::exchange
