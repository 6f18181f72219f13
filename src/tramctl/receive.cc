#include <tram/v1/content.grpc.pb.h>
#include <tram/v1/exchange.grpc.pb.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <limits>

#include "codec/header_json.h"
#include "codec/message_proto.h"
#include "tramctl/commands.h"
#include "tramctl/connection.h"
#include "tramctl/progress.h"
#include "tramctl/retry.h"
#include "tramctl/storing.h"
#include "tramctl/text.h"
#include "tramctl/trust_files.h"
#include "tramctl/verdict_text.h"

namespace tram::client {
namespace {

constexpr std::uint32_t kWindow = 32;   // deliveries that may be on their way at once
constexpr std::size_t kMostLeft = 256;  // deliveries of one stream that could not be stored

// The fault of this delivery, whose neighbours are as good as ever; else of the line, the node or this disk.
bool concerns_it_alone(const Error& error) {
  return error.code == ErrorCode::data_loss || error.code == ErrorCode::already_exists ||
         error.code == ErrorCode::invalid_argument;
}

Fetch fetch_by(const Context& context, const Connection& connection) {
  return [&context, stub = std::shared_ptr<v1::Content::Stub>(v1::Content::NewStub(connection.content))](
             const v1::Delivery& delivery, std::size_t attachment, std::uint64_t offset,
             const Sink& sink) -> Result<void> {
    v1::GetRequest request;
    request.set_delivery_id(delivery.delivery_id());
    request.set_attachment(static_cast<std::uint32_t>(attachment));
    std::uint64_t at = offset;
    const Result<Header> header = codec::read_kept_header(delivery.signed_().header());
    if (!header) return header.error();
    const Attachment& about = header->submission.attachments[attachment];
    Progress progress(context, "downloading " + about.name, about.size);
    for (Retry retry(context, std::chrono::seconds(60));;) {
      request.set_offset(at);
      grpc::ClientContext call_context;
      const auto reader = stub->Get(&call_context, request);
      for (v1::GetResponse response; reader->Read(&response);) {
        if (auto done = sink(response.chunk()); !done) {
          call_context.TryCancel();
          (void)reader->Finish();
          return done;
        }
        at += response.chunk().size();
        progress.at(at);
        retry.progressed();
      }
      const grpc::Status status = reader->Finish();
      if (status.ok()) return {};
      if (!retry.again(error_of(status))) return error_of(status);
    }
  };
}

class Receiver {
 public:
  Receiver(Context& context, const ReceiveOptions& options, Journal journal, DeliveryWriter writer)
      : context_(context), options_(options), journal_(std::move(journal)), writer_(std::move(writer)) {}

  /// One stream, until it ends.
  Result<void> run(v1::Exchange::Stub& stub) {
    grpc::ClientContext call_context;
    const auto stream = stub.Receive(&call_context);
    granted_ = std::min<std::uint64_t>(kWindow, left());
    pending_ = 0;
    left_there_ = 0;
    draining_ = false;
    emptied_ = false;
    v1::ReceiveRequest open;
    open.mutable_open()->set_credits(static_cast<std::uint32_t>(granted_));
    open.mutable_open()->set_from_the_waiting_only(!options_.wait);
    (void)stream->Write(open);
    Result<void> handled;
    for (v1::ReceiveResponse response; handled && !over() && stream->Read(&response);) {
      handled = handle(*stream, response);
    }
    if (!handled || over()) {
      (void)stream->WritesDone();
      call_context.TryCancel();  // what is not acknowledged goes back to the inbox at once
    }
    const grpc::Status status = stream->Finish();
    if (!handled) return handled;
    if (over()) return {};
    if (!status.ok()) return error_of(status);
    if (!draining_ && !emptied_ && !options_.wait) {
      return failure(ErrorCode::data_loss, "ANSWER_UNREADABLE",
                     "the stream ended without the node's word that nothing more waits",
                     "look whether that address is the node's, and of the same version");
    }
    if (options_.wait || draining_ || pending_ > 0)
      return failure(ErrorCode::unavailable, "STREAM_ENDED", "the node ended the stream");
    return {};
  }

  [[nodiscard]] std::uint64_t finished() const { return finished_; }
  [[nodiscard]] bool all_good() const { return all_good_; }

 private:
  using Stream = grpc::ClientReaderWriter<v1::ReceiveRequest, v1::ReceiveResponse>;

  [[nodiscard]] bool enough() const { return options_.limit > 0 && finished_ >= options_.limit; }
  // The node does not end a stream of which it still waits for acknowledgements.
  [[nodiscard]] bool only_left_there() const {
    return !options_.wait && emptied_ && pending_ == 0 && left_there_ > 0;
  }
  [[nodiscard]] bool over() const { return enough() || only_left_there(); }

  [[nodiscard]] std::uint64_t left() const {
    return options_.limit > 0 ? options_.limit - finished_ : std::numeric_limits<std::uint32_t>::max();
  }

  Result<void> handle(Stream& stream, const v1::ReceiveResponse& response) {
    if (response.has_delivery()) return take(stream, response.delivery());
    if (response.draining()) draining_ = true;
    if (response.emptied()) emptied_ = true;
    if (!response.acknowledged().empty()) return acknowledged(stream, response.acknowledged());
    return {};
  }

  Result<void> take(Stream& stream, const v1::Delivery& delivery) {
    if (auto stored = store(delivery); !stored)
      return concerns_it_alone(stored.error()) ? leave_there(stream, delivery, stored.error()) : stored;
    ++pending_;
    v1::ReceiveRequest answer;
    answer.set_acknowledge(delivery.delivery_id());
    (void)stream.Write(answer);  // a broken stream shows at the next read
    return {};
  }

  // Unless it was before: once is enough.
  Result<void> store(const v1::Delivery& delivery) {
    if (const Received* before = journal_.find(delivery.delivery_id())) {
      if (before->header == Sha256::of(delivery.signed_().header())) return {};
      return failure(ErrorCode::already_exists, "MESSAGE_DIFFERS",
                     "another message was received as " + shown(delivery.delivery_id()) + " before",
                     "it was not acknowledged; tell the node's operator");
    }
    const Result<Stored> stored = writer_.store(delivery, context_.clock().now());
    if (!stored) return stored.error();
    if (auto noted = journal_.add(stored->entry); !noted) return noted;
    all_good_ = all_good_ && stored->good;
    tell(delivery, *stored);
    return {};
  }

  // It stays in the inbox; what waits behind it is received all the same.
  Result<void> leave_there(Stream& stream, const v1::Delivery& delivery, const Error& error) {
    all_good_ = false;
    context_.note("tramctl: delivery " + shown(delivery.delivery_id()) + " stays at the node: " +
                  shown(error.message) + (error.remedy.empty() ? "" : "; " + shown(error.remedy)));
    if (++left_there_ >= kMostLeft) return error;
    grant_another(stream);
    return {};
  }

  Result<void> acknowledged(Stream& stream, const std::string& delivery_id) {
    if (auto noted = journal_.add_acknowledged(delivery_id); !noted) return noted;
    ++finished_;
    if (pending_ > 0) --pending_;
    grant_another(stream);
    return {};
  }

  void grant_another(Stream& stream) {
    if (granted_ > 0) --granted_;
    if (draining_ || granted_ >= std::min<std::uint64_t>(kWindow, left())) return;
    ++granted_;
    v1::ReceiveRequest more;
    more.set_credits(1);
    (void)stream.Write(more);
  }

  void tell(const v1::Delivery& delivery, const Stored& stored) const {
    const Submission& submission = stored.header.submission;
    const std::string key = submission.key.sender.text() + "/" + submission.key.id.text();
    const std::string signer = stored.verdict ? stored.verdict->who() : shown(delivery.verdict().who());
    if (submission.status) {
      const MessageKey& about = submission.references.front();
      context_.line("status " + two_digits(submission.status->code) + " " +
                    std::string(name(submission.status->code)) + " from " + submission.key.sender.text() +
                    " for " + about.sender.text() + "/" + about.id.text() + "  " + signer + ", " +
                    stored.entry.verdict);
    } else {
      context_.line(key + "  " + shown(stored.entry.summary) + "  " + std::to_string(stored.files.size()) +
                    " file(s)  " + signer + ", " + stored.entry.verdict);
    }
    if (!stored.forwarded.empty()) context_.line("  " + stored.forwarded);
    if (stored.verdict)
      if (const std::string hint = mapping_hint(*stored.verdict); !hint.empty())
        context_.note("tramctl: " + hint);
    context_.print(json_of(delivery, stored));
  }

  static boost::json::object json_of(const v1::Delivery& delivery, const Stored& stored) {
    const Submission& submission = stored.header.submission;
    boost::json::object out;
    out["delivery_id"] = delivery.delivery_id();
    out["redelivered"] = delivery.redelivered();
    out["recipient"] = delivery.recipient();
    out["sender"] = submission.key.sender.text();
    out["id"] = submission.key.id.text();
    out["kind"] = submission.status ? "status" : "dispatch";
    out["arrived_at"] = delivery.arrived_at();
    out["received_at"] = to_rfc3339(stored.entry.received_at);
    boost::json::object verdict =
        verdict_json(stored.verdict ? codec::to_proto(*stored.verdict) : delivery.verdict());
    verdict["text"] = stored.entry.verdict;
    verdict["checked_here"] = stored.verdict.has_value();
    out["verdict"] = std::move(verdict);
    if (!stored.forwarded.empty()) out["forwarded"] = stored.forwarded;
    out["folder"] = stored.folder;
    boost::json::array references;
    for (const MessageKey& key : submission.references)
      references.emplace_back(key.sender.text() + "/" + key.id.text());
    if (submission.status) {
      out["status"] = two_digits(submission.status->code);
      out["description"] = submission.status->description;
    } else {
      out["subject"] = submission.dispatch->subject;
    }
    out["references"] = std::move(references);
    boost::json::array files;
    for (const std::string& file : stored.files) files.emplace_back(file);
    out["files"] = std::move(files);
    return out;
  }

  Context& context_;
  const ReceiveOptions& options_;
  Journal journal_;
  DeliveryWriter writer_;
  std::uint64_t finished_ = 0;  ///< hand-overs that the node knows of
  std::uint64_t granted_ = 0;   ///< credits of this stream that are not used up
  std::uint64_t pending_ = 0;   ///< acknowledgements not yet answered
  std::size_t left_there_ = 0;  ///< deliveries of this stream that could not be stored
  bool draining_ = false;
  bool emptied_ = false;  // the node said that nothing waits: a stream may end by itself without a word
  bool all_good_ = true;
};

Result<std::shared_ptr<const trust::Verifier>> verifier_of(const ReceiveOptions& options,
                                                           const Profile& profile) {
  const auto roots = read_certificates(options.roots.empty() ? profile.trust_roots : options.roots);
  if (!roots) return roots.error();
  const auto intermediates = read_certificates(profile.intermediates);
  if (!intermediates) return intermediates.error();
  if (roots->empty()) return std::shared_ptr<const trust::Verifier>();
  return std::make_shared<const trust::Verifier>(*roots, *intermediates);
}

}  // namespace

Result<int> receive(Context& context, const ReceiveOptions& options) {
  const Result<const Profile*> profile = context.profile();
  if (!profile) return profile.error();
  const auto verifier = verifier_of(options, **profile);
  if (!verifier) return verifier.error();
  Result<std::vector<CertificateMapping>> mappings = all_mappings((*profile)->mappings, options.mappings);
  if (!mappings) return mappings.error();
  if (!*verifier) context.note("tramctl: no trust_roots in the profile: signatures are not verified here");
  const Result<Connection> connection = connect(**profile);
  if (!connection) return connection.error();
  Result<Journal> journal = Journal::open(options.dir);
  if (!journal) return journal.error();
  Receiver receiver(context, options, std::move(*journal),
                    DeliveryWriter(options.dir, *verifier, as_trusted(std::move(*mappings)),
                                   fetch_by(context, *connection)));
  const auto stub = v1::Exchange::NewStub(connection->control);
  const std::chrono::seconds budget =
      options.wait ? std::chrono::hours(24 * 365) : std::chrono::seconds(options.retry_for);
  Retry retry(context, budget);
  for (std::uint64_t before = 0;; before = receiver.finished()) {
    const Result<void> ended = receiver.run(*stub);
    if (ended) break;
    if (receiver.finished() > before) retry.progressed();
    if (!retry.again(ended.error())) return ended.error();
  }
  if (!context.json() && receiver.finished() == 0 && receiver.all_good()) context.note("nothing waits");
  return receiver.all_good() ? 0 : 1;
}

}  // namespace tram::client
