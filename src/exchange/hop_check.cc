#include "exchange/hop_check.h"

#include <algorithm>
#include <set>

#include "codec/evidence_json.h"
#include "codec/header_json.h"
#include "codec/submitted_digest.h"
#include "codec/verdict_json.h"
#include "evidence/manifest.h"
#include "exchange/arrival_status.h"
#include "exchange/forwarding_check.h"
#include "exchange/judging.h"
#include "log/tlog_proof.h"

namespace tram::exchange {
namespace {

class HopCheck {
 public:
  HopCheck(const Context& context, const Identity& peer, const BroughtCertificates& brought, HopMessage hop,
           SteadyTime came)
      : context_(context),
        peer_(peer),
        brought_(brought),
        hop_(std::move(hop)),
        came_(came),
        begun_(context.services.clock.steady_now()),
        filing_(std::make_shared<Filing>()) {}

  CheckedHop run() {
    for (const auto step :
         {&HopCheck::read, &HopCheck::known_already, &HopCheck::room, &HopCheck::right_clock,
          &HopCheck::forwarded, &HopCheck::link_trust, &HopCheck::age, &HopCheck::certificate,
          &HopCheck::contents, &HopCheck::verify, &HopCheck::ways, &HopCheck::statuses}) {
      if (auto outcome = (this->*step)()) return answer(std::move(*outcome));
    }
    CheckedHop out;
    out.filing = filing_;
    return out;
  }

 private:
  using Stop = std::optional<HopOutcome>;

  static Stop refuse(Error error) { return HopOutcome{HopResult::refused, std::move(error)}; }

  CheckedHop answer(HopOutcome outcome) {
    CheckedHop out;
    out.log_refusal = outcome.result == HopResult::refused;
    out.outcome = std::move(outcome);
    out.refused = filing_->message;
    return out;
  }

  const Submission& submission() const { return filing_->header.submission; }

  Stop read() {
    StoredMessage& message = filing_->message;
    message.stored_at = context_.now();
    message.from_link = peer_.link;
    message.trace = hop_.trace;
    message.header_digest = Sha256::of(hop_.header);
    message.certificate = hop_.certificate;
    MessageLimits limits = context_.settings.limits;
    limits.any_media_type = true;  // its sender's node accepted it, perhaps before the rule was as it is now
    auto header = codec::read_header(hop_.header, limits);
    if (!header) return refuse(header.error());
    filing_->header = std::move(*header);
    message.key = submission().key;
    message.kind = submission().kind;
    message.priority = submission().priority;
    message.references = submission().references;
    message.header = std::move(hop_.header);
    message.signature = std::move(hop_.signature);
    message.submitted_digest = codec::submitted_digest(submission());
    filing_->event = EvidenceEvent::relay_acceptance;
    filing_->retry = hop_.retry;
    return {};
  }

  Stop known_already() {
    const auto known = context_.services.messages.find(filing_->message.key);
    if (!known) return begin_times();
    HopOutcome outcome = known_hop(*known, *filing_);
    if (outcome.result == HopResult::refused) return refuse(outcome.error);
    if (hop_.retry == 0 || outcome.result != HopResult::accepted) return outcome;
    return take_again(known->row);
  }

  Stop begin_times() {
    if (filing_->message.kind != MessageKind::dispatch) return {};
    context_.times.begin(filing_->message.key, came_);
    context_.times.reached(Stage::queue, filing_->message.key, begun_);
    lap(Stage::parse);
    return {};
  }

  void lap(Stage stage) { context_.times.reached(stage, filing_->message.key); }

  Stop room() {
    const auto room = context_.disk.admit();
    return room ? Stop() : HopOutcome{HopResult::retry, room.error()};
  }

  // An operator has it sent out again: it was checked when it came first, only its ways are new.
  Stop take_again(MessageRow row) {
    auto stored = context_.services.messages.load(row);
    if (!stored) return HopOutcome{HopResult::retry, stored.error()};
    filing_->again = true;
    filing_->message = std::move(*stored);
    filing_->manifest =
        Sha256::of(evidence::derive_manifest(filing_->message.header_digest, submission().attachments));
    if (auto verdict = codec::read_verdict(filing_->message.verdict)) filing_->verdict = std::move(*verdict);
    return {};
  }

  // Whoever its sender did not name needs the word of the sender's node.
  Stop forwarded() {
    if (!hop_.forwarding) return {};
    if (hop_.recipients.size() != 1 || hop_.retry == 0) {
      return refuse(invalid("forwarding", "FORWARDING_MALFORMED",
                            "a forwarded message has one recipient and counts as sent out again"));
    }
    Bytes certificate;
    if (!have_certificate(hop_.forwarding->certificate, certificate))
      return HopOutcome{HopResult::need_certificate, {}};
    auto good = check_forwarding(context_, *hop_.forwarding, filing_->message.key,
                                 filing_->message.header_digest, hop_.recipients.front(), certificate);
    if (!good) return refuse(good.error());
    filing_->forwarding = std::move(hop_.forwarding);
    return {};
  }

  Stop link_trust() {
    const AgencyCode& sender = submission().key.sender;
    if (context_.router.link_towards(sender) != peer_.link) {
      return refuse(failure(
          ErrorCode::permission_denied, "SENDER_NOT_BEHIND_LINK",
          sender.text() + " does not lie behind the link " + peer_.link + " of node " + peer_.agency.text(),
          "add its prefix to that link in this node's configuration"));
    }
    std::set<AgencyCode> seen;
    const auto& named = submission().recipients;
    for (const AgencyCode& recipient : hop_.recipients) {
      const bool signed_for = filing_->forwarding || std::count(named.begin(), named.end(), recipient) != 0;
      if (!signed_for || !seen.insert(recipient).second) {
        return refuse(invalid("recipients", "RECIPIENT_NOT_SIGNED",
                              recipient.text() + " is not once among the signed header's recipients"));
      }
    }
    if (seen.empty())
      return refuse(invalid("recipients", "FIELD_EMPTY", "a hop needs at least one recipient"));
    if (std::count(hop_.trace.begin(), hop_.trace.end(), context_.settings.node) != 0) {
      return refuse(failure(ErrorCode::failed_precondition, "ROUTING_LOOP",
                            "the message has passed node " + context_.settings.node.text() + " already",
                            "check the links' prefixes of the nodes in its trace"));
    }
    return {};
  }

  // What arrives gets a status and records of this time: they must not be wrong.
  Stop right_clock() {
    if (auto doubt = context_.clocks.doubt()) return HopOutcome{HopResult::retry, std::move(*doubt)};
    return {};
  }

  // A clock that is set right mends this: the message waits at the peer, and no other waits behind it.
  static Stop not_yet(std::string reason, std::string message) {
    return HopOutcome{HopResult::not_yet, failure(ErrorCode::unavailable, std::move(reason),
                                                  std::move(message), "compare the clocks of both nodes")};
  }

  // A node whose clock was hours ahead sealed with times to come. They come: a message that is refused for
  // good would be lost for nothing. What is ahead by more than its sender's node waits is refused at once.
  Stop age() {
    if (filing_->again) return {};
    const Timestamp signed_at = filing_->header.signed_at;
    const Timestamp now = context_.now();
    const std::string times = "signed at " + to_rfc3339(signed_at) + ", but it is " + to_rfc3339(now);
    const bool too_old = signed_at < now - context_.settings.replay_window;
    const bool too_new = signed_at > now + context_.settings.clock_tolerance;
    if (!too_old && !too_new) return {};
    if (too_new && signed_at < now + context_.settings.patience) return not_yet("SIGNED_AHEAD", times);
    if (context_.clocks.differs(peer_.link)) return not_yet("CLOCKS_DIFFER", times);
    return refuse(failure(ErrorCode::failed_precondition, "SIGNING_TIME_OUT_OF_BOUNDS", times,
                          "submit it again under a new id, with a right clock"));
  }

  Stop certificate() {
    if (filing_->again) return {};
    if (have_certificate(hop_.certificate, certificate_)) return {};
    return HopOutcome{HopResult::need_certificate, {}};
  }

  // Either the verifier knows it, or the stream brought it: then it is in `brought`.
  bool have_certificate(const Digest& certificate, Bytes& brought) const {
    if (know_certificate(context_, certificate)) return true;
    brought = brought_.find(certificate);
    return !brought.empty();
  }

  Stop contents() {
    if (filing_->again && !filing_->message.contents_pruned_at) return {};
    auto places = place_contents(context_, submission().attachments, hop_.contents, peer_.upload_owner());
    if (!places && places.error().reason == "CONTENT_MISSING") return HopOutcome{HopResult::need_content, {}};
    if (!places && places.error().code == ErrorCode::invalid_argument) return refuse(places.error());
    if (!places) return HopOutcome{HopResult::retry, places.error()};
    filing_->message.contents = std::move(*places);
    return {};
  }

  // Else any node whose log we know could say that it accepted the message long ago.
  bool attests_for_sender(const KnownLog& log) const {
    return std::any_of(log.agencies.begin(), log.agencies.end(),
                       [&](const AgencyCode& prefix) { return submission().key.sender.within(prefix); });
  }

  // As an exported container is checked: a record leaves out what it does not speak of.
  bool is_its_acceptance(const EvidenceRecord& record) const {
    const StoredMessage& message = filing_->message;
    const auto agrees = [](const Digest& claimed, const Digest& actual) {
      return claimed.is_zero() || claimed == actual;
    };
    const auto& named = submission().recipients;
    return record.event == EvidenceEvent::submission_acceptance && record.message == message.key &&
           record.header == message.header_digest && agrees(record.manifest, filing_->manifest) &&
           agrees(record.signer, message.certificate) &&
           std::all_of(record.recipients.begin(), record.recipients.end(), [&](const AgencyCode& each) {
             return std::find(named.begin(), named.end(), each) != named.end();
           });
  }

  // The accepting node's proven log time if it came along and holds, else the arrival.
  std::pair<TimeBasis, Timestamp> basis_of_time() {
    const auto arrival = std::pair{TimeBasis::arrival, filing_->message.stored_at};
    if (!hop_.acceptance) return arrival;
    const auto record = codec::read_record(hop_.acceptance->record.record);
    if (!record || !is_its_acceptance(*record)) return arrival;
    const auto log = context_.settings.known_logs.find(record->node);
    if (log == context_.settings.known_logs.end() || !attests_for_sender(log->second)) return arrival;
    const auto& proof = hop_.acceptance->record;
    auto opened = log::open_signed_checkpoint(hop_.acceptance->checkpoint, log->second.key);
    if (!opened || !log::verify_entry(proof.record, proof.index, proof.path, opened->checkpoint))
      return arrival;
    filing_->acceptance =
        StoredReceipt{record->event, record->node, proof, opened->checkpoint.origin, opened->checkpoint.size};
    filing_->acceptance_checkpoint = std::move(opened->note);
    return {TimeBasis::accepting_log, record->time};
  }

  Stop verify() {
    if (filing_->again) return {};
    StoredMessage& message = filing_->message;
    const Bytes manifest = evidence::derive_manifest(message.header_digest, submission().attachments);
    filing_->manifest = Sha256::of(manifest);
    const auto [basis, judged_at] = basis_of_time();
    auto verdict =
        judge(context_,
              {manifest, message.signature, message.certificate, filing_->header.signed_at,
               filing_->header.signed_by, message.key.sender, filing_->header.node, basis, judged_at},
              certificate_);
    if (!verdict) return refuse(verdict.error());
    filing_->verdict = std::move(*verdict);
    lap(Stage::verify);
    message.verdict = codec::write_verdict(filing_->verdict);
    if (auto good = require_good(filing_->verdict); !good) {
      const bool of_its_time = filing_->verdict.validity != CheckState::good;
      if (of_its_time && context_.clocks.differs(peer_.link))
        return not_yet("CLOCKS_DIFFER", good.error().message);
      return refuse(good.error());
    }
    if (filing_->header.signed_by == SignedBy::node &&
        (message.kind != MessageKind::status || submission().status->code != StatusCode::arrived)) {
      return refuse(failure(ErrorCode::failed_precondition, "NODE_SEAL_MISUSED",
                            "a node's own seal makes status 01 and nothing else"));
    }
    return {};
  }

  Stop ways() {
    route_recipients(context_, hop_.recipients, peer_.link, *filing_);
    if (filing_->here.empty() && filing_->links.empty()) return refuse(nobody_is_known());
    return {};
  }

  // One refusal for all: each recipient's dead letter must find its own code in it.
  Error nobody_is_known() const {
    Error error = filing_->refused.front().error;
    if (filing_->refused.size() == 1) return error;
    error.message = "none of these agencies is known to node " + context_.settings.node.text() + ":";
    for (const RefusedRecipient& refused : filing_->refused) error.message += " " + refused.agency.text();
    error.remedy = "check the agency codes";
    return error;
  }

  Stop statuses() {
    if (!filing_->again) keep_reading(*filing_);
    add_arrival_statuses(context_, *filing_);
    lap(Stage::sign);
    return {};
  }

  const Context& context_;
  const Identity& peer_;
  const BroughtCertificates& brought_;
  HopMessage hop_;
  Bytes certificate_;  // the signer's, if the stream brought it and the verifier does not know it
  const SteadyTime came_;
  const SteadyTime begun_;  // when its turn came
  std::shared_ptr<Filing> filing_;
};

}  // namespace

CheckedHop check_hop(const Context& context, const Identity& peer, const BroughtCertificates& brought,
                     HopMessage hop, SteadyTime came) {
  return HopCheck(context, peer, brought, std::move(hop), came).run();
}

HopOutcome known_hop(const KnownMessage& known, const Filing& filing) {
  const StoredMessage& arriving = filing.message;
  const bool same_way = known.from_link == arriving.from_link;
  if (known.header_digest == arriving.header_digest && same_way) return {HopResult::accepted, {}};
  if (known.header_digest == arriving.header_digest) {
    return {HopResult::refused,
            failure(ErrorCode::failed_precondition, "ARRIVED_ELSEWHERE",
                    "the message came by another way before", "check the links' prefixes")};
  }
  // A node that was restored has lost what it sent since its backup. Its agencies send it again, and of what
  // came back to it, it makes status 01 again, at a new time.
  const bool same_submission =
      known.submitted_digest == arriving.submitted_digest || filing.header.signed_by == SignedBy::node;
  if (same_submission && same_way) {
    return {HopResult::refused,
            failure(ErrorCode::failed_precondition, "SUBMITTED_BEFORE",
                    "message " + text(arriving.key) + " came here before as the same submission, sealed anew",
                    "it is with its recipients or on its way: close this one")};
  }
  return {HopResult::refused, failure(ErrorCode::already_exists, "ID_REUSED",
                                      "message " + text(arriving.key) + " is known here with other content",
                                      "give new content a new id")};
}

}  // namespace tram::exchange
