#include <tram/v1/relay.grpc.pb.h>

#include "transport/relay_stream.h"
#include "transport/services.h"

namespace tram::transport {
namespace {

// The stream as bytes, see wire_message.h.
class RelayService final : public v1::Relay::WithRawCallbackMethod_Exchange<v1::Relay::Service> {
 public:
  explicit RelayService(Backend& backend) : backend_(backend) {}
  RelayStream::Reactor* Exchange(grpc::CallbackServerContext* context) override {
    return open_stream<RelayStream>(backend_, *context);
  }

 private:
  Backend& backend_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_relay_service(Backend& backend) {
  return std::make_unique<RelayService>(backend);
}

}  // namespace tram::transport
