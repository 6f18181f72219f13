#include <tram/v1/operations.grpc.pb.h>

#include "codec/message_proto.h"
#include "codec/registry_proto.h"
#include "transport/services.h"
#include "transport/unary.h"

namespace tram::transport {
namespace {

using Answer = std::shared_ptr<UnaryAnswer<v1::RegistryEntry>>;

std::function<void(Result<RegistryEntry>)> giving(Answer answer) {
  return [answer = std::move(answer)](const Result<RegistryEntry>& entry) {
    answer->give(entry ? Result<v1::RegistryEntry>(codec::to_proto(*entry)) : entry.error());
  };
}

class RegistryService final : public v1::Registry::CallbackService {
 public:
  explicit RegistryService(Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* Add(grpc::CallbackServerContext* context, const v1::RegistryEntry* request,
                                v1::RegistryEntry* response) override {
    return answer_later(backend_, *context, response, Role::registrar,
                        [this, request](const exchange::Identity& who, const Answer& answer) {
                          auto entry = codec::from_proto(*request);
                          if (!entry) return answer->give(entry.error());
                          backend_.node.add_registration(who, std::move(*entry), giving(answer));
                        });
  }

  grpc::ServerUnaryReactor* Revoke(grpc::CallbackServerContext* context, const v1::RevokeRequest* request,
                                   v1::RegistryEntry* response) override {
    return answer_later(backend_, *context, response, Role::registrar,
                        [this, request](const exchange::Identity& who, const Answer& answer) {
                          const auto digest =
                              codec::digest_from_proto(request->certificate_sha256(), "certificate_sha256");
                          if (!digest) return answer->give(digest.error());
                          backend_.node.revoke_registration(who, *digest, giving(answer));
                        });
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context, const v1::ListRegistryRequest*,
                                 v1::ListRegistryResponse* response) override {
    return answer(backend_, *context, response, Role::registrar,
                  [this](const exchange::Identity&) -> Result<v1::ListRegistryResponse> {
                    v1::ListRegistryResponse out;
                    for (const RegistryEntry& entry : backend_.node.registrations())
                      *out.add_entries() = codec::to_proto(entry);
                    return out;
                  });
  }

 private:
  Backend& backend_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_registry_service(Backend& backend) {
  return std::make_unique<RegistryService>(backend);
}

}  // namespace tram::transport
