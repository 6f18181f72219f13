#include "tramctl/submit.h"

#include <tram/v1/exchange.grpc.pb.h>

#include <boost/json/array.hpp>
#include <optional>

#include "base/encoding.h"
#include "codec/header_json.h"
#include "codec/message_proto.h"
#include "codec/status_proto.h"
#include "evidence/manifest.h"
#include "tramctl/retry.h"
#include "tramctl/text.h"
#include "tramctl/upload.h"
#include "trust/signing_key.h"

namespace tram::client {
namespace {

constexpr std::chrono::seconds kAnswerWithin{30};

Result<trust::SigningKey> signing_key_of(const SubmitOptions& options) {
  if (options.certificate.empty())
    return invalid("--certificate", "CERTIFICATE_MISSING", "the certificate of the key is not named",
                   "give --certificate FILE beside --sign-with");
  return trust::SigningKey::load_files(options.sign_with, options.certificate);
}

Result<v1::SignedHeader> sign(const Submission& submission, const trust::SigningKey& key, Timestamp now) {
  Header header;
  header.submission = submission;
  header.signed_at = std::chrono::floor<std::chrono::seconds>(now);
  header.signed_by = SignedBy::agency;
  v1::SignedHeader out;
  out.set_header(codec::write_header(header));
  const Bytes manifest = evidence::derive_manifest(Sha256::of(out.header()), submission.attachments);
  Result<Bytes> signature = key.sign(manifest, header.signed_at);
  if (!signature) return signature.error();
  out.set_signature(std::move(*signature));
  out.set_certificate(std::string(key.certificate()->der()));
  return out;
}

// One request on a stream of its own.
Result<v1::Accepted> send_once(v1::Exchange::Stub& stub, const v1::SendRequest& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kAnswerWithin);
  const auto stream = stub.Send(&context);
  (void)stream->Write(request);
  (void)stream->WritesDone();
  v1::SendResponse response;
  const bool answered = stream->Read(&response);
  if (answered) {
    for (v1::SendResponse more; stream->Read(&more);) more.Clear();
  }
  const grpc::Status status = stream->Finish();
  if (answered && response.has_accepted()) return response.accepted();
  if (answered && response.has_refused()) return codec::from_proto(response.refused());
  if (!status.ok()) return error_of(status);
  return failure(ErrorCode::unavailable, "NO_ANSWER", "the node closed the stream without an answer");
}

Result<void> fill_contents(const Context& context, const Connection& connection,
                           const std::vector<SourceFile>& files, std::uint64_t inline_limit,
                           std::chrono::seconds retry_for, v1::SendRequest& request) {
  const std::vector<bool> goes_inline = choose_inline(files, inline_limit);
  for (std::size_t i = 0; i < files.size(); ++i) {
    v1::AttachmentContent& content = *request.add_contents();
    if (goes_inline[i]) {
      Result<Bytes> bytes = read_again(files[i]);
      if (!bytes) return bytes.error();
      content.set_inline_(std::move(*bytes));
    } else {
      const Result<void> done = upload(context, connection, files[i], retry_for);
      if (!done) return done.error();
      content.set_uploaded(true);
    }
  }
  return {};
}

Result<std::uint64_t> inline_limit(const Context& context, v1::Exchange::Stub& stub,
                                   std::chrono::seconds retry_for) {
  Retry retry(context, retry_for);
  while (true) {
    const auto limits =
        call<v1::ListAgenciesResponse>(stub, &v1::Exchange::Stub::ListAgencies, v1::ListAgenciesRequest());
    if (limits) return limits->inline_limit();
    if (!retry.again(limits.error())) return limits.error();
  }
}

Result<v1::Accepted> fill_and_send(const Context& context, const Connection& connection,
                                   const Submission& submission, const std::vector<SourceFile>& files,
                                   const SubmitOptions& options) {
  const std::chrono::seconds retry_for(options.retry_for);
  const auto stub = v1::Exchange::NewStub(connection.control);
  v1::SendRequest request;
  request.set_request(1);
  std::optional<trust::SigningKey> key;  // read first: a wrong one is told before anything is uploaded
  if (options.sign_with.empty()) {
    *request.mutable_fields() = codec::to_proto(submission);
  } else {
    Result<trust::SigningKey> loaded = signing_key_of(options);
    if (!loaded) return loaded.error();
    key = std::move(*loaded);
  }
  if (!files.empty()) {
    const Result<std::uint64_t> limit = inline_limit(context, *stub, retry_for);
    if (!limit) return limit.error();
    const Result<void> filled = fill_contents(context, connection, files, *limit, retry_for, request);
    if (!filled) return filled.error();
  }
  for (Retry retry(context, retry_for, "its id is " + submission.key.id.text());;) {
    if (key) {
      // Anew each time: a node accepts signing times of the last five minutes alone, and knows the submission
      // again whatever its signing time.
      Result<v1::SignedHeader> header = sign(submission, *key, context.clock().now());
      if (!header) return header.error();
      *request.mutable_signed_() = std::move(*header);
    }
    Result<v1::Accepted> answer = send_once(*stub, request);
    if (answer || !retry.again(answer.error())) return answer;
  }
}

}  // namespace

Result<v1::Accepted> submit(const Context& context, const Connection& connection,
                            const Submission& submission, const std::vector<SourceFile>& files,
                            const SubmitOptions& options) {
  auto accepted = fill_and_send(context, connection, submission, files, options);
  if (!accepted && may_retry(accepted.error()))
    context.note("tramctl: not known to be accepted; send it again with --id " + submission.key.id.text());
  return accepted;
}

void print_accepted(const Context& context, const Submission& submission, const v1::Accepted& accepted) {
  context.line("id          " + shown(accepted.key().sender()) + "/" + shown(accepted.key().id()));
  context.line("accepted    " + local_time(accepted.accepted_at()) +
               (accepted.repeated() ? "  (already then)" : ""));
  context.line("log index   " + std::to_string(accepted.log_index()));
  boost::json::object out;
  out["sender"] = accepted.key().sender();
  out["id"] = accepted.key().id();
  out["accepted_at"] = accepted.accepted_at();
  out["header_sha256"] = to_hex(accepted.header_sha256());
  out["log_index"] = accepted.log_index();
  out["repeated"] = accepted.repeated();
  boost::json::array recipients;
  for (const AgencyCode& code : submission.recipients) recipients.emplace_back(code.text());
  out["recipients"] = std::move(recipients);
  context.print(out);
}

}  // namespace tram::client
