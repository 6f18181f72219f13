#include "exchange/delivery_desk.h"

#include <algorithm>

#include "codec/evidence_json.h"
#include "codec/header_json.h"
#include "exchange/filing.h"
#include "exchange/forwarding_check.h"
#include "exchange/inbox_desk.h"
#include "exchange/recipient_lines.h"

namespace tram::exchange {
namespace {

constexpr std::size_t kLongestReason = 300;

Error not_now(std::string reason, std::string message, std::string remedy) {
  return failure(ErrorCode::failed_precondition, std::move(reason), std::move(message), std::move(remedy));
}

Result<void> check(const Identity& who, const std::string& why) {
  if (!who.roles.has(Role::operator_)) {
    return failure(ErrorCode::permission_denied, "ROLE_MISSING",
                   "the certificate sha256:" + who.certificate.hex() + " is no operator's",
                   "ask the registrar for an entry with the role operator");
  }
  if (why.size() > kLongestReason)
    return invalid("reason", "FIELD_TOO_LONG", "a reason has at most 300 bytes", "say it shorter");
  return {};
}

}  // namespace

// One act on one delivery. Its steps run inside the unit; what is to be told afterwards is kept.
class DeliveryDesk::Act {
 public:
  Act(const Context& context, const Identity& who, MessageKey key, AgencyCode recipient, std::string why)
      : context_(context),
        by_("sha256:" + who.certificate.hex()),
        key_(std::move(key)),
        recipient_(std::move(recipient)),
        why_(std::move(why)) {}

  Result<void> retry(Transaction& transaction) {
    if (auto found = find(transaction); !found) return found;
    if (!line_ || !is_dead_letter(line_->state)) return retry_now(transaction);
    if (!message_.from_link.empty()) return elsewhere();
    const auto header = codec::read_kept_header(message_.header);
    if (!header) return header.error();
    advance_lines(transaction, message_.row, {recipient_}, DeliveryEvent::retried, context_.now());
    if (auto queued = queue_again(transaction, header->submission, recipient_, line_->retries + 1); !queued)
      return queued;
    record(transaction, "DELIVERY_RETRIED", {});
    return {};
  }

  Result<void> cancel(Transaction& transaction) {
    if (auto found = find(transaction); !found) return found;
    const std::string reason =
        "CLOSED_BY_OPERATOR: " + (why_.empty() ? std::string("no reason given") : why_);
    const bool was_dead = line_ && is_dead_letter(line_->state);
    if (was_dead && !message_.from_link.empty()) return elsewhere();
    if (!was_dead) {
      if (auto taken = take_off_link(transaction); !taken) return taken;
    }
    close(transaction, reason);
    if (!message_.from_link.empty()) reject(transaction, reason);
    record(transaction, was_dead ? "DEAD_LETTER_CLOSED" : "DELIVERY_CANCELLED", reason);
    return {};
  }

  /// Before the unit: the node's word, signed.
  Result<void> seal_forwarding(const AgencyCode& to) {
    const auto known = context_.services.messages.find(key_);
    if (!known) return unknown();
    auto message = context_.services.messages.load(known->row);
    if (!message) return message.error();
    if (message->kind != MessageKind::dispatch)
      return not_now("NOT_A_DOCUMENT", "only documents are forwarded", "retry it, or close it");
    forwarded_ = record_of(context_, *message, EvidenceEvent::operator_act, {to});
    forwarded_.time = std::chrono::floor<std::chrono::seconds>(context_.now());
    forwarded_.peer = by_;
    forwarded_.reason = std::string(kForwarded);
    forwarded_.detail = "forwarded by node " + context_.settings.node.text() + " instead of to " +
                        recipient_.text() + ", not addressed so by the sender: " + why_;
    forwarding_.record = codec::write_record(forwarded_);
    auto sealed =
        context_.services.seals.seal_as_node(context_.settings.node, forwarding_.record, forwarded_.time);
    if (!sealed) return sealed.error();
    forwarding_.signature = std::move(sealed->signature);
    forwarding_.certificate = sealed->certificate;
    to_ = to;
    return {};
  }

  Result<void> forward(Transaction& transaction) {
    if (auto found = find(transaction); !found) return found;
    if (!message_.from_link.empty()) return elsewhere();
    if (!line_ || !is_dead_letter(line_->state))
      return not_now("NOT_A_DEAD_LETTER", "only a dead letter is forwarded", "see tramctl track");
    if (transaction.recipient(message_.row, to_)) {
      return invalid("to", "RECIPIENT_TWICE", to_.text() + " is a recipient of this message already",
                     "close the dead letter instead");
    }
    const auto header = codec::read_kept_header(message_.header);
    if (!header) return header.error();
    advance_lines(transaction, message_.row, {recipient_}, DeliveryEvent::closed, context_.now(),
                  "FORWARDED: to " + to_.text());
    transaction.put_recipient(message_.row,
                              {to_, RecipientState::accepted, "", std::nullopt, context_.now(), 1});
    transaction.put_forwarding(message_.row, to_, forwarding_);
    if (auto queued = queue_again(transaction, header->submission, to_, 1); !queued) return queued;
    transaction.append_record(forwarding_.record, message_.row, "");
    records_.push_back(forwarded_);
    return {};
  }

  void after() const {
    for (const EvidenceRecord& each : records_) context_.services.observer.recorded(each);
    context_.wakeups.log_grew();
    context_.wakeups.all_links();
    if (!link_now_.empty()) context_.wakeups.try_now(link_now_);
    if (!inbox_.empty()) context_.wakeups.inbox(to_.empty() ? recipient_ : to_, inbox_);
  }

  const DeliveryAct& done() const { return done_; }

 private:
  // The first step of every act: it may run again.
  Result<void> find(Transaction& transaction) {
    records_.clear();
    link_now_.clear();
    inbox_.clear();
    done_ = {key_, recipient_, ""};
    const auto known = transaction.find(key_);
    if (!known) return unknown();
    message_ = transaction.load(known->row);
    line_ = transaction.recipient(known->row, recipient_);
    return {};
  }

  Error unknown() const {
    return failure(ErrorCode::not_found, "MESSAGE_UNKNOWN", "no message " + text(key_) + " is known here",
                   "see tramctl deliveries; a deliveryId is SENDER/ID/RECIPIENT");
  }

  static Result<void> elsewhere() {
    return not_now("NOT_ACCEPTED_HERE", "its sender's node was told that it cannot be delivered",
                   "act there: only the node that accepted a message sends it out again");
  }

  // The copy with this recipient, wherever it waits.
  std::optional<OutgoingItem> waiting_copy(Transaction& transaction) const {
    for (OutgoingItem& item : transaction.outgoing_of(message_.row)) {
      if (std::count(item.recipients.begin(), item.recipients.end(), recipient_) != 0) return std::move(item);
    }
    return std::nullopt;
  }

  Result<void> retry_now(Transaction& transaction) {
    const auto item = waiting_copy(transaction);
    if (!item) {
      return not_now("NOT_WAITING",
                     "the delivery to " + recipient_.text() + " is " +
                         (line_ ? std::string(name(line_->state)) : "not this node's any more"),
                     "only dead letters, and what waits for a link, are tried again; see tramctl track");
    }
    link_now_ = item->link;
    done_.outcome = "link " + item->link + " is tried now";
    return {};
  }

  Result<void> queue_again(Transaction& transaction, const Submission& submission, const AgencyCode& to,
                           std::uint32_t retry) {
    const Route route = context_.router.route(to);
    if (const auto* behind = std::get_if<Behind>(&route)) {
      OutgoingItem item;
      item.link = behind->link;
      item.priority = queue_priority(submission);
      item.sender = key_.sender;
      item.message = message_.row;
      item.recipients = {to};
      item.retry = retry;
      item.queued_at = context_.now();
      transaction.queue_outgoing(item);
      done_.outcome = "on its way again by link " + behind->link;
      return {};
    }
    if (!context_.registry.is_agency(to)) {
      return not_now("UNKNOWN_RECIPIENT",
                     "no agency " + to.text() + " is known to node " + context_.settings.node.text(),
                     "register it first, or forward the message to the right code");
    }
    Filing filing;
    filing.message = message_;
    filing.header.submission = submission;
    filing.here = {to};
    filing.retry = retry;
    consign_again(context_, transaction, filing, message_.row);
    inbox_ = context_.registry.inbox_for(
        to, submission.dispatch ? submission.dispatch->application_type : std::string());
    records_.push_back(record_of(context_, message_, EvidenceEvent::content_consignment, {to}));
    transaction.append_record(codec::write_record(records_.back()), message_.row, "");
    done_.outcome = "in the inbox of " + to.text();
    return {};
  }

  // Only what certainly did not reach the other side may end here: else it could be ended and delivered.
  Result<void> take_off_link(Transaction& transaction) {
    const auto item = waiting_copy(transaction);
    if (!item) {
      return not_now("NOT_WAITING", "the delivery to " + recipient_.text() + " has left this node",
                     "ask the recipient to give it back: send a recall");
    }
    if (context_.services.messages.may_have_left(item->row) || !transaction.withhold(item->row)) {
      return not_now("MAY_HAVE_LEFT",
                     "it was sent to link " + item->link + " before, and may have been taken over there",
                     "wait for the link, then send a recall");
    }
    std::vector<AgencyCode> rest = item->recipients;
    std::erase(rest, recipient_);
    if (rest.empty()) {
      transaction.remove_outgoing(item->row);
    } else {
      transaction.set_outgoing_recipients(item->row, rest);
    }
    done_.outcome = "taken off link " + item->link;
    return {};
  }

  // What passes through has no line as long as it goes on: one that says that it does not, so that nobody
  // sends it again.
  void close(Transaction& transaction, const std::string& reason) const {
    if (line_) {
      advance_lines(transaction, message_.row, {recipient_}, DeliveryEvent::closed, context_.now(), reason);
    } else {
      transaction.put_recipient(
          message_.row, {recipient_, RecipientState::closed, reason, std::nullopt, context_.now(), 0});
    }
  }

  // The node the message came from hears that it ends here.
  void reject(Transaction& transaction, const std::string& reason) {
    EvidenceRecord record = record_of(context_, message_, EvidenceEvent::relay_rejection, {recipient_});
    record.reason = "CLOSED_BY_OPERATOR";
    record.detail = reason;
    const bool tell = message_.kind == MessageKind::dispatch;
    transaction.append_record(codec::write_record(record), message_.row, tell ? message_.from_link : "");
    records_.push_back(std::move(record));
  }

  void record(Transaction& transaction, const std::string& act, const std::string& reason) {
    EvidenceRecord record = record_of(context_, message_, EvidenceEvent::operator_act, {recipient_});
    record.peer = by_;
    record.reason = act;
    record.detail = reason.empty() ? why_ : reason;
    transaction.append_record(codec::write_record(record), message_.row, "");
    records_.push_back(std::move(record));
    if (done_.outcome.empty()) done_.outcome = "closed";
  }

  const Context& context_;
  const std::string by_;
  const MessageKey key_;
  const AgencyCode recipient_;
  const std::string why_;
  StoredMessage message_;
  std::optional<RecipientRow> line_;
  std::vector<EvidenceRecord> records_;
  std::string link_now_;
  std::string inbox_;
  AgencyCode to_;  // of a forwarding
  Forwarding forwarding_;
  EvidenceRecord forwarded_;
  DeliveryAct done_;
};

void DeliveryDesk::run(const std::shared_ptr<Act>& act, Result<void> (Act::*step)(Transaction&), Done done) {
  context_.services.messages.submit(
      [act, step](Transaction& transaction) { return ((*act).*step)(transaction); },
      [this, act, done = std::move(done)](const Result<void>& committed) {
        if (!committed) {
          context_.wakeups.all_links();  // what was withheld waits again
          return done(committed.error());
        }
        act->after();
        done(act->done());
      },
      true);
}

void DeliveryDesk::retry(const Identity& who, const DeliveryId& id, const std::string& why, Done done) {
  if (auto allowed = check(who, why); !allowed) return done(allowed.error());
  auto parsed = parse_delivery_id(id);
  if (!parsed) return done(parsed.error());
  run(std::make_shared<Act>(context_, who, parsed->first, parsed->second, why), &Act::retry, std::move(done));
}

void DeliveryDesk::forward(const Identity& who, const DeliveryId& id, const std::string& to,
                           const std::string& why, Done done) {
  if (auto allowed = check(who, why); !allowed) return done(allowed.error());
  auto parsed = parse_delivery_id(id);
  if (!parsed) return done(parsed.error());
  auto agency = AgencyCode::parse(to);
  if (!agency) return done(agency.error());
  auto act = std::make_shared<Act>(context_, who, parsed->first, parsed->second, why);
  if (auto sealed = act->seal_forwarding(*agency); !sealed) return done(sealed.error());
  run(act, &Act::forward, std::move(done));
}

void DeliveryDesk::cancel(const Identity& who, const DeliveryId& id, const std::string& why, Done done) {
  if (auto allowed = check(who, why); !allowed) return done(allowed.error());
  auto parsed = parse_delivery_id(id);
  if (!parsed) return done(parsed.error());
  run(std::make_shared<Act>(context_, who, parsed->first, parsed->second, why), &Act::cancel,
      std::move(done));
}

}  // namespace tram::exchange
