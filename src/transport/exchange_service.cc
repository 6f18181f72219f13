#include <tram/v1/exchange.grpc.pb.h>

#include "codec/message_proto.h"
#include "transport/inbox_list.h"
#include "transport/receive_stream.h"
#include "transport/send_stream.h"
#include "transport/services.h"
#include "transport/track_proto.h"
#include "transport/unary.h"

namespace tram::transport {
namespace {

// Streams as bytes, see wire_message.h.
using ExchangeMethods = v1::Exchange::WithRawCallbackMethod_Send<v1::Exchange::WithRawCallbackMethod_Receive<
    v1::Exchange::WithCallbackMethod_ListInbox<v1::Exchange::WithCallbackMethod_Track<
        v1::Exchange::WithCallbackMethod_ListAgencies<v1::Exchange::Service>>>>>;

class ExchangeService final : public ExchangeMethods {
 public:
  explicit ExchangeService(Backend& backend) : backend_(backend) {}

  SendStream::Reactor* Send(grpc::CallbackServerContext* context) override {
    return open_stream<SendStream>(backend_, *context);
  }

  ReceiveStream::Reactor* Receive(grpc::CallbackServerContext* context) override {
    return open_stream<ReceiveStream>(backend_, *context);
  }

  grpc::ServerUnaryReactor* ListInbox(grpc::CallbackServerContext* context,
                                      const v1::ListInboxRequest* request,
                                      v1::ListInboxResponse* response) override {
    return answer(backend_, *context, response, {}, [this, request](const exchange::Identity& who) {
      return list_inbox(backend_.node, who, *request);
    });
  }

  grpc::ServerUnaryReactor* Track(grpc::CallbackServerContext* context, const v1::TrackRequest* request,
                                  v1::TrackResponse* response) override {
    return answer(backend_, *context, response, {},
                  [this, request](const exchange::Identity& who) { return track(who, *request); });
  }

  grpc::ServerUnaryReactor* ListAgencies(grpc::CallbackServerContext* context, const v1::ListAgenciesRequest*,
                                         v1::ListAgenciesResponse* response) override {
    return answer(backend_, *context, response, {},
                  [this](const exchange::Identity&) -> Result<v1::ListAgenciesResponse> {
                    return agencies_to_proto(backend_.node);
                  });
  }

 private:
  Result<v1::TrackResponse> track(const exchange::Identity& who, const v1::TrackRequest& request) const {
    const auto key = codec::from_proto(request.key());
    if (!key) return key.error();
    const auto view = backend_.node.track(who, *key);
    if (!view) return view.error();
    return to_proto(*view);
  }

  Backend& backend_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_exchange_service(Backend& backend) {
  return std::make_unique<ExchangeService>(backend);
}

}  // namespace tram::transport
