// The gRPC services, made each in its own source.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "transport/backend.h"

namespace tram::transport {

[[nodiscard]] std::unique_ptr<grpc::Service> make_exchange_service(Backend& backend);
[[nodiscard]] std::unique_ptr<grpc::Service> make_content_service(Backend& backend);
[[nodiscard]] std::unique_ptr<grpc::Service> make_relay_service(Backend& backend);
[[nodiscard]] std::unique_ptr<grpc::Service> make_operations_service(Backend& backend);
[[nodiscard]] std::unique_ptr<grpc::Service> make_registry_service(Backend& backend);
[[nodiscard]] std::unique_ptr<grpc::Service> make_audit_service(Backend& backend);

}  // namespace tram::transport
