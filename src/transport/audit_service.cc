#include <tram/v1/audit.grpc.pb.h>

#include "codec/message_proto.h"
#include "codec/receipt_proto.h"
#include "exchange/context.h"
#include "exchange/retention.h"
#include "transport/checked_reading.h"
#include "transport/pulled_stream.h"
#include "transport/services.h"
#include "transport/unary.h"

namespace tram::transport {
namespace {

// First the evidence, then each attachment in chunks; an empty one is one empty chunk. Of attachments that
// were pruned the evidence alone, and then CONTENT_PRUNED.
class ExportStream final : public PulledStream<v1::ExportPart> {
 public:
  ExportStream(Backend& backend, Caller caller, grpc::CallbackServerContext& context,
               const v1::ExportRequest& request)
      : PulledStream(backend, std::move(caller), context), request_(request) {}

 protected:
  Result<std::optional<v1::ExportPart>> next() override {
    if (!begun_) return evidence();
    if (pruned_) return *pruned_;
    if (attachment_ == contents_.size()) return std::optional<v1::ExportPart>();
    return chunk();
  }

 private:
  Result<std::optional<v1::ExportPart>> evidence() {
    begun_ = true;
    const auto key = codec::from_proto(request_.key());
    if (!key) return key.error();
    auto parts = backend().node.evidence(who(), *key);
    if (!parts) return parts.error();
    key_ = *key;
    contents_ = parts->message.contents;
    files_ = parts->header.submission.attachments;
    if (parts->message.contents_pruned_at && !files_.empty())
      pruned_ = exchange::content_pruned(parts->message);
    files_.resize(contents_.size());  // what has no digest is not what was signed
    std::optional<v1::ExportPart> out(std::in_place);
    auto& bundle = *out->mutable_evidence();
    bundle.mutable_signed_()->set_header(std::move(parts->message.header));
    bundle.mutable_signed_()->set_signature(std::move(parts->message.signature));
    bundle.mutable_signed_()->set_certificate(std::move(parts->certificate));
    for (const Bytes& der : backend().options.intermediates) bundle.add_intermediates(der);
    for (const ReceiptBundle& receipts : parts->receipts) *bundle.add_receipts() = codec::to_proto(receipts);
    for (const log::VerifierKey& log : parts->log_keys) bundle.add_log_keys(log.vkey());
    return out;
  }

  Result<std::optional<v1::ExportPart>> chunk() {
    if (!reading_) reading_.emplace(backend().contents, contents_[attachment_], files_[attachment_], 0);
    auto bytes = reading_->next();
    if (!bytes) return damaged(backend().node, exchange::text(key_), bytes.error());
    const bool last = reading_->at_end();
    std::optional<v1::ExportPart> out(std::in_place);
    out->mutable_chunk()->set_attachment(static_cast<std::uint32_t>(attachment_));
    out->mutable_chunk()->set_data(std::move(*bytes));
    out->mutable_chunk()->set_last(last);
    if (last) {
      ++attachment_;
      reading_.reset();
    }
    return out;
  }

  const v1::ExportRequest request_;
  bool begun_ = false;
  MessageKey key_;
  std::vector<exchange::ContentLocation> contents_;
  std::vector<Attachment> files_;  // of the same size
  std::optional<Error> pruned_;
  std::size_t attachment_ = 0;
  std::optional<CheckedReading> reading_;
};

class AuditService final : public v1::Audit::CallbackService {
 public:
  explicit AuditService(Backend& backend) : backend_(backend) {}

  grpc::ServerWriteReactor<v1::ExportPart>* Export(grpc::CallbackServerContext* context,
                                                   const v1::ExportRequest* request) override {
    auto caller = backend_.callers.admit(*context);
    if (!caller) return new Refusal<ExportStream::Reactor>(to_status(caller.error()));
    return std::make_shared<ExportStream>(backend_, std::move(*caller), *context, *request)->begin();
  }

  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context,
                                          const v1::GetCheckpointRequest*,
                                          v1::Checkpoint* response) override {
    return answer(backend_, *context, response, {},
                  [this](const exchange::Identity&) -> Result<v1::Checkpoint> {
                    auto note = backend_.node.checkpoint();
                    if (!note) return note.error();
                    v1::Checkpoint out;
                    out.set_origin(backend_.node.settings().log_origin);
                    out.set_note(std::move(*note));
                    return out;
                  });
  }

 private:
  Backend& backend_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_audit_service(Backend& backend) {
  return std::make_unique<AuditService>(backend);
}

}  // namespace tram::transport
