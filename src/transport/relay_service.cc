#include <tram/v1/relay.grpc.pb.h>

#include "transport/relay_proto.h"
#include "transport/relay_stream.h"
#include "transport/services.h"
#include "transport/unary.h"

namespace tram::transport {
namespace {

using Methods =
    v1::Relay::WithRawCallbackMethod_Exchange<v1::Relay::WithCallbackMethod_ListHeld<v1::Relay::Service>>;

// The stream as bytes, see wire_message.h.
class RelayService final : public Methods {
 public:
  explicit RelayService(Backend& backend) : backend_(backend) {}
  RelayStream::Reactor* Exchange(grpc::CallbackServerContext* context) override {
    return open_stream<RelayStream>(backend_, *context);
  }

  grpc::ServerUnaryReactor* ListHeld(grpc::CallbackServerContext* context, const v1::ListHeldRequest* request,
                                     v1::ListHeldResponse* response) override {
    return answer(backend_, *context, response, std::nullopt,
                  [this, request](const exchange::Identity& who) -> Result<v1::ListHeldResponse> {
                    const auto since = from_rfc3339(request->since());
                    if (!since) return invalid("since", "TIME_MALFORMED", "not a time in RFC 3339");
                    const auto page = backend_.node.held(who, *since, request->after());
                    if (!page) return page.error();
                    return to_proto(*page);
                  });
  }

 private:
  Backend& backend_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_relay_service(Backend& backend) {
  return std::make_unique<RelayService>(backend);
}

}  // namespace tram::transport
