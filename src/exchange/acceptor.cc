#include "exchange/acceptor.h"

#include <memory>

#include "codec/header_json.h"
#include "codec/submitted_digest.h"
#include "codec/verdict_json.h"
#include "evidence/manifest.h"
#include "exchange/arrival_status.h"
#include "exchange/filing.h"
#include "exchange/judging.h"

namespace tram::exchange {
namespace {

using Done = std::function<void(Result<Acceptance>)>;

// One submission on its way. Its steps run one after another on a worker; the commit ends it.
class Intake : public std::enable_shared_from_this<Intake> {
 public:
  Intake(const Context& context, std::unique_ptr<QuotaBook::Ticket> ticket, Identity who,
         SubmissionRequest request, Done done)
      : context_(context),
        ticket_(std::move(ticket)),
        who_(std::move(who)),
        request_(std::move(request)),
        done_(std::move(done)),
        came_(context.services.clock.steady_now()) {}

  void run() {
    begun_ = context_.services.clock.steady_now();
    auto answer = steps();
    if (!answer) return refuse(answer.error());
    if (*answer) return done_(**answer);
    commit();
  }

 private:
  using Known = std::optional<Acceptance>;

  // An acceptance if it was accepted before; nothing if it is now ready to be committed.
  Result<Known> steps() {
    filing_.message.stored_at = context_.now();
    for (const auto step : {&Intake::read, &Intake::authorise, &Intake::check_form}) {
      if (auto done = (this->*step)(); !done) return done.error();
    }
    filing_.message.submitted_digest = codec::submitted_digest(submission());
    if (const auto known = context_.services.messages.find(filing_.message.key)) {
      auto same = repeated(*known);
      if (!same) return same.error();
      return Known(*same);
    }
    if (auto room = context_.disk.admit(); !room) return room.error();
    begin_times();
    for (const auto step :
         {&Intake::find_ways, &Intake::sign_or_verify, &Intake::keep_contents, &Intake::make_statuses}) {
      if (auto done = (this->*step)(); !done) return done.error();
    }
    return Known();
  }

  // Of documents; the statuses that they bring about would hide where their time goes.
  void begin_times() {
    if (submission().kind != MessageKind::dispatch) return;
    context_.times.begin(filing_.message.key, came_);
    context_.times.reached(Stage::queue, filing_.message.key, begun_);
    lap(Stage::parse);
  }

  Submission& submission() { return filing_.header.submission; }

  Result<void> read() {
    if (auto* fields = std::get_if<Submission>(&request_.submission)) {
      submission() = std::move(*fields);
      replace_old_codes();
      if (auto digested = complete_attachments(); !digested) return digested;
    } else {
      auto& given = std::get<SignedSubmission>(request_.submission);
      auto header = codec::read_header(given.header, context_.settings.limits);
      if (!header) return header.error();
      if (header->signed_by != SignedBy::agency) {
        return invalid("signed.by", "NOT_SIGNED_BY_AGENCY",
                       "a submitted header must be signed by the agency itself",
                       "submit the fields alone to have the node seal them");
      }
      filing_.header = std::move(*header);
    }
    filing_.message.key = submission().key;
    return {};
  }

  // Only in what we seal ourselves: a header that the agency signed stays as it is.
  void replace_old_codes() {
    const auto& aliases = context_.settings.aliases;
    for (AgencyCode& recipient : submission().recipients) {
      if (const auto found = aliases.find(recipient); found != aliases.end()) recipient = found->second;
    }
  }

  // A sender that leaves digests out has them computed; what it states must be true.
  Result<void> complete_attachments() {
    auto& files = submission().attachments;
    for (std::size_t i = 0; i < std::min(files.size(), request_.contents.size()); ++i) {
      if (request_.contents[i].uploaded || !files[i].sha256.is_zero()) continue;
      files[i].sha256 = Sha256::of(request_.contents[i].bytes);
      if (files[i].size == 0) files[i].size = request_.contents[i].bytes.size();
    }
    return {};
  }

  Result<void> authorise() {
    const std::string certificate = "the certificate sha256:" + who_.certificate.hex();
    if (!who_.roles.has(Role::agency)) {
      return failure(ErrorCode::permission_denied, "ROLE_MISSING",
                     certificate + " has no registry entry as an agency",
                     "ask the registrar for an entry with the role agency");
    }
    if (submission().key.sender != who_.agency) {
      return failure(ErrorCode::permission_denied, "FOREIGN_SENDER",
                     certificate + " is registered for " + who_.agency.text() + ", not for " +
                         submission().key.sender.text(),
                     "send as your own agency, or ask the registrar for an entry for the other");
    }
    return {};
  }

  Result<void> check_form() {
    auto errors = check(submission(), context_.settings.limits);
    if (errors.empty()) return {};
    if (errors.size() == 1) return errors.front();
    Error all = invalid(errors.front().field, errors.front().reason,
                        std::to_string(errors.size()) + " fields are wrong");
    all.causes = std::move(errors);
    return all;
  }

  Result<Acceptance> repeated(const KnownMessage& known) const {
    if (known.submitted_digest != filing_.message.submitted_digest || !known.from_link.empty()) {
      return failure(ErrorCode::already_exists, "ID_REUSED",
                     "message " + text(filing_.message.key) + " was accepted before with other content",
                     "give new content a new id");
    }
    return Acceptance{filing_.message.key, known.stored_at, known.header_digest, known.log_index, true};
  }

  Result<void> find_ways() {
    route_recipients(context_, submission().recipients, "", filing_);
    if (filing_.refused.empty()) return {};
    Error error = invalid("recipients", "UNKNOWN_RECIPIENT", "", "check the agency code");
    for (const RefusedRecipient& refused : filing_.refused) {
      const auto& all = submission().recipients;
      const auto at = std::find(all.begin(), all.end(), refused.agency) - all.begin();
      Error cause = refused.error;
      cause.field = "recipients[" + std::to_string(at) + "]";
      error.field = cause.field;
      error.message = cause.message;
      error.causes.push_back(std::move(cause));
    }
    if (error.causes.size() == 1) error.causes.clear();
    return error;
  }

  // A wrong time that is signed cannot be put right any more.
  Result<void> sign_or_verify() {
    if (auto doubt = context_.clocks.doubt()) return *doubt;
    return std::holds_alternative<Submission>(request_.submission) ? seal() : verify();
  }

  Result<void> seal() {
    Header& header = filing_.header;
    // Whole seconds: the CMS signing-time attribute has no more, and the two must agree.
    header.signed_at = std::chrono::floor<std::chrono::seconds>(context_.now());
    header.signed_by = SignedBy::seal;
    header.node = context_.settings.node;
    auto& status = header.submission.status;
    if (status && !status->time)
      status->time = filing_.message.stored_at;  // a status holds from when it is reported
    filing_.message.header = codec::write_header(header);
    const Bytes manifest = manifest_of_header();
    lap(Stage::hash);
    auto sealed = context_.services.seals.seal(submission().key.sender, manifest, header.signed_at);
    if (!sealed) return sealed.error();
    filing_.message.signature = std::move(sealed->signature);
    filing_.message.certificate = sealed->certificate;
    filing_.verdict = std::move(sealed->verdict);
    lap(Stage::sign);
    return {};
  }

  Result<void> verify() {
    auto& given = std::get<SignedSubmission>(request_.submission);
    auto distance = filing_.header.signed_at - context_.now();
    if (distance < Duration::zero()) distance = -distance;
    if (distance > context_.settings.clock_tolerance) {
      return failure(
          ErrorCode::failed_precondition, "SIGNING_TIME_OUT_OF_BOUNDS",
          "signed at " + to_rfc3339(filing_.header.signed_at) + ", but it is " + to_rfc3339(context_.now()),
          "set the clock of the signing system, then sign again");
    }
    auto taken = context_.services.signatures.take(given.signature);
    if (!taken) return taken.error();
    if (given.certificate.empty() && taken->embedded.size() == 1) given.certificate = taken->embedded.front();
    const Digest certificate = Sha256::of(given.certificate);
    filing_.message.header = std::move(given.header);
    filing_.message.signature = std::move(taken->signature);
    filing_.message.certificate = certificate;
    filing_.certificate = given.certificate;
    const Bytes manifest = manifest_of_header();
    lap(Stage::hash);
    auto verdict = judge(context_,
                         {manifest,
                          filing_.message.signature,
                          certificate,
                          filing_.header.signed_at,
                          SignedBy::agency,
                          submission().key.sender,
                          {},
                          TimeBasis::accepting_clock,
                          context_.now()},
                         given.certificate);
    if (!verdict) return verdict.error();
    filing_.verdict = std::move(*verdict);
    lap(Stage::verify);
    return require_good(filing_.verdict);
  }

  Bytes manifest_of_header() {
    filing_.message.header_digest = Sha256::of(filing_.message.header);
    Bytes manifest = evidence::derive_manifest(filing_.message.header_digest, submission().attachments);
    filing_.manifest = Sha256::of(manifest);
    return manifest;
  }

  Result<void> keep_contents() {
    auto places = place_contents(context_, submission().attachments, request_.contents, who_.upload_owner());
    if (!places) return places.error();
    filing_.message.contents = std::move(*places);
    lap(Stage::hash);
    return {};
  }

  Result<void> make_statuses() {
    StoredMessage& message = filing_.message;
    message.kind = submission().kind;
    message.priority = submission().priority;
    message.references = submission().references;
    message.verdict = codec::write_verdict(filing_.verdict);
    keep_reading(filing_);
    add_arrival_statuses(context_, filing_);
    lap(Stage::sign);
    return {};
  }

  void commit() {
    context_.services.messages.submit(
        [self = shared_from_this()](Transaction& transaction) { return self->write(transaction); },
        [self = shared_from_this()](Result<void> committed) { self->committed(committed); },
        may_jump_the_queue(filing_.message));
  }

  Result<void> write(Transaction& transaction) {
    if (!std::exchange(turn_came_, true)) lap(Stage::queue);
    filed_ = {};
    if (const auto known = transaction.find(filing_.message.key)) {
      auto same = repeated(*known);
      if (!same) return same.error();
      answer_ = *same;
      return {};
    }
    auto filed = file(context_, transaction, filing_);
    if (!filed) return filed.error();
    filed_ = std::move(*filed);
    answer_ = {filing_.message.key, filing_.message.stored_at, filing_.message.header_digest,
               filed_.log_index, false};
    return {};
  }

  void committed(const Result<void>& result) {
    if (!result) return refuse(result.error());
    lap(Stage::commit);
    done_(answer_);
    if (!answer_.repeated) after_filing(context_, filing_, filed_);
  }

  void refuse(const Error& error) {
    context_.services.observer.refused("send", filing_.message.key, error);
    done_(error);
  }

  void lap(Stage stage) { context_.times.reached(stage, filing_.message.key); }

  const Context& context_;
  const std::unique_ptr<QuotaBook::Ticket> ticket_;
  Identity who_;
  SubmissionRequest request_;
  Done done_;
  const SteadyTime came_;
  SteadyTime begun_;  // when its turn came
  Filing filing_;
  bool turn_came_ = false;  // of the unit
  Filed filed_;
  Acceptance answer_;
};

// What names another message keeps its place behind it, and a signed header is not read before its turn: both
// queue as routine.
int intake_priority(const SubmissionRequest& request) {
  const auto* fields = std::get_if<Submission>(&request.submission);
  return fields != nullptr && fields->references.empty() ? queue_priority(*fields) : 0;
}

// As its sender states it, wherever it queues; routine if it cannot be read.
int stated_priority(const SubmissionRequest& request, const MessageLimits& limits) {
  if (const auto* fields = std::get_if<Submission>(&request.submission)) return queue_priority(*fields);
  const auto header = codec::read_header(std::get<SignedSubmission>(request.submission).header, limits);
  return header ? queue_priority(header->submission) : 0;
}

std::uint64_t size_of(const SubmissionRequest& request) {
  std::uint64_t size = 0;
  if (const auto* given = std::get_if<SignedSubmission>(&request.submission)) size += given->header.size();
  for (const SubmittedContent& content : request.contents) size += content.bytes.size();
  return size;
}

}  // namespace

void Acceptor::submit(const Identity& who, SubmissionRequest request, Done done) {
  const int priority = intake_priority(request);
  auto ticket = quotas_.admit(who, size_of(request),
                              [&] { return stated_priority(request, context_.settings.limits); });
  if (!ticket) return done(ticket.error());
  auto intake =
      std::make_shared<Intake>(context_, std::move(*ticket), who, std::move(request), std::move(done));
  waiting_.push(priority, who.agency, [intake] { intake->run(); });
  // A ticket for the next one, whichever that will be.
  auto next = [this] { waiting_.pop()(); };
  if (priority > 0) return context_.services.workers.post_urgent(std::move(next));
  context_.services.workers.post(std::move(next));
}

}  // namespace tram::exchange
