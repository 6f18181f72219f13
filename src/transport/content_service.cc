#include <tram/v1/content.grpc.pb.h>

#include "codec/message_proto.h"
#include "transport/checked_reading.h"
#include "transport/limits.h"
#include "transport/pulled_stream.h"
#include "transport/put_stream.h"
#include "transport/services.h"
#include "transport/unary.h"

namespace tram::transport {
namespace {

class GetStream final : public PulledStream<v1::GetResponse> {
 public:
  GetStream(Backend& backend, Caller caller, grpc::CallbackServerContext& context,
            const v1::GetRequest& request)
      : PulledStream(backend, std::move(caller), context), request_(request) {}

 protected:
  Result<std::optional<v1::GetResponse>> next() override {
    if (!reading_) {
      auto source =
          backend().node.attachment(who(), DeliveryId(request_.delivery_id()), request_.attachment());
      if (!source) return source.error();
      if (request_.offset() > source->location.length)
        return invalid("offset", "OFFSET_BEYOND_END", "the attachment is shorter than that");
      reading_.emplace(backend().contents, source->location, std::move(source->attachment),
                       request_.offset());
    }
    if (reading_->at_end()) return std::optional<v1::GetResponse>();
    auto chunk = reading_->next();
    if (!chunk) return damaged(backend().node, request_.delivery_id(), chunk.error());
    std::optional<v1::GetResponse> response(std::in_place);
    response->set_chunk(std::move(*chunk));
    return response;
  }

 private:
  const v1::GetRequest request_;
  std::optional<CheckedReading> reading_;
};

// Put as bytes, see wire_message.h.
using ContentMethods = v1::Content::WithRawCallbackMethod_Put<
    v1::Content::WithCallbackMethod_Query<v1::Content::WithCallbackMethod_Get<v1::Content::Service>>>;

class ContentService final : public ContentMethods {
 public:
  explicit ContentService(Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* Query(grpc::CallbackServerContext* context, const v1::ContentQuery* request,
                                  v1::ContentState* response) override {
    return answer(backend_, *context, response, {},
                  [this, request](const exchange::Identity& who) { return query(who, *request); });
  }

  PutStream::Reactor* Put(grpc::CallbackServerContext* context, grpc::ByteBuffer* response) override {
    auto caller = backend_.callers.admit(*context);
    if (!caller) return new Refusal<PutStream::Reactor>(to_status(caller.error()));
    if (const auto allowed = may_upload(caller->identity); !allowed) {
      backend_.callers.refused(*caller, context->peer(), allowed.error());
      return new Refusal<PutStream::Reactor>(to_status(allowed.error()));
    }
    return std::make_shared<PutStream>(backend_, std::move(*caller), *context, *response)->begin();
  }

  grpc::ServerWriteReactor<v1::GetResponse>* Get(grpc::CallbackServerContext* context,
                                                 const v1::GetRequest* request) override {
    auto caller = backend_.callers.admit(*context);
    if (!caller) return new Refusal<GetStream::Reactor>(to_status(caller.error()));
    return std::make_shared<GetStream>(backend_, std::move(*caller), *context, *request)->begin();
  }

 private:
  Result<v1::ContentState> query(const exchange::Identity& who, const v1::ContentQuery& request) const {
    const auto allowed = may_upload(who);
    if (!allowed) return allowed.error();
    const auto digest = codec::digest_from_proto(request.sha256(), "sha256");
    if (!digest) return digest.error();
    const auto state = backend_.contents.upload_state(who.upload_owner(), *digest, request.size());
    if (!state) return state.error();
    v1::ContentState out;
    out.set_stored(state->stored);
    out.set_complete(state->complete);
    return out;
  }

  Backend& backend_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_content_service(Backend& backend) {
  return std::make_unique<ContentService>(backend);
}

}  // namespace tram::transport
