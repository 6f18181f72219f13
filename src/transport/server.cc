#include "transport/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/auth_metadata_processor.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>

#include "transport/backend.h"
#include "transport/callers.h"
#include "transport/grpc_status.h"
#include "transport/limits.h"
#include "transport/live_streams.h"
#include "transport/services.h"

namespace tram::transport {
namespace {

// Health and reflection are gRPC's own services: who is not registered gets neither. Our services answer for
// themselves, with the details that a status from here cannot carry.
class Gate final : public grpc::AuthMetadataProcessor {
 public:
  explicit Gate(std::shared_ptr<Backend> backend) : backend_(std::move(backend)) {}
  bool IsBlocking() const override { return false; }

  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* connection, OutputMetadata*,
                       OutputMetadata*) override {
    const auto path = metadata.find(":path");
    if (path != metadata.end() && path->second.starts_with("/tram.v1.")) return grpc::Status::OK;
    const auto caller = backend_->callers.admit(*connection);
    return caller ? grpc::Status::OK : to_status(caller.error());
  }

 private:
  const std::shared_ptr<Backend> backend_;
};

std::shared_ptr<grpc::ServerCredentials> credentials(const std::shared_ptr<Backend>& backend) {
  const ServerOptions& options = backend->options;
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_root_certs = options.roots;
  tls.pem_key_cert_pairs.push_back({options.key, options.certificate});
  auto out = grpc::SslServerCredentials(tls);
  out->SetAuthMetadataProcessor(std::make_shared<Gate>(backend));
  return out;
}

void set_limits(grpc::ServerBuilder& builder, const Backend& backend) {
  const exchange::Settings& settings = backend.node.settings();
  const std::uint64_t most =
      std::max<std::uint64_t>(settings.inline_limit, settings.batch_bytes) + kMessageSlack;
  const int size = static_cast<int>(std::min<std::uint64_t>(most, 1 << 30));
  builder.SetMaxReceiveMessageSize(size);
  builder.SetMaxSendMessageSize(size);
  // Threads have no quota: the callback API has a fixed number of them, and one more or less would not bound
  // memory.
  grpc::ResourceQuota quota("tram");
  quota.Resize(backend.options.memory_bytes / 2);
  builder.SetResourceQuota(quota);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, backend.options.streams_per_connection);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 300'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kStreamWindow);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 16 * 1024);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // two nodes on one port are a mistake
}

}  // namespace

class Server::Parts {
 public:
  explicit Parts(std::shared_ptr<Backend> backend) : backend_(std::move(backend)) {
    services_.push_back(make_exchange_service(*backend_));
    services_.push_back(make_content_service(*backend_));
    services_.push_back(make_relay_service(*backend_));
    services_.push_back(make_operations_service(*backend_));
    services_.push_back(make_registry_service(*backend_));
    services_.push_back(make_audit_service(*backend_));
  }

  bool listen() {
    // Both are process-wide in gRPC, and setting them again changes nothing.
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    builder.AddListeningPort(backend_->options.address, credentials(backend_), &port_);
    set_limits(builder, *backend_);
    for (const auto& service : services_) builder.RegisterService(service.get());
    server_ = builder.BuildAndStart();
    if (!server_ || port_ == 0) return false;
    registry_watch_ = backend_->node.on_registry_change([backend = backend_] { backend->live.confirm(); });
    return true;
  }

  int port() const { return port_; }

  void drain() {
    if (auto* health = server_->GetHealthCheckService()) health->SetServingStatus(false);
    backend_->live.drain();
  }

  void shutdown(std::chrono::milliseconds grace) {
    if (!server_) return;
    backend_->live.wait(grace);
    registry_watch_.reset();
    backend_->live.end(to_status(stopping()));
    backend_->live.wait(std::chrono::seconds(1));
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
    server_->Wait();
    backend_->live.wait();
    server_.reset();
  }

 private:
  const std::shared_ptr<Backend> backend_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<void> registry_watch_;
};

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { shutdown(std::chrono::milliseconds(0)); }

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, exchange::Node& node,
                                              exchange::ContentStore& contents, Executor& workers,
                                              Timers& timers, Clock& clock) {
  auto parts =
      std::make_unique<Parts>(std::make_shared<Backend>(options, node, contents, workers, timers, clock));
  if (parts->listen()) return std::unique_ptr<Server>(new Server(std::move(parts)));
  return failure(ErrorCode::unavailable, "ADDRESS_UNUSABLE",
                 "cannot listen on " + options.address + " with the certificate and key given",
                 "see that nobody else listens there, and that the key belongs to the certificate");
}

int Server::port() const { return parts_->port(); }
void Server::drain() { parts_->drain(); }
void Server::shutdown(std::chrono::milliseconds grace) { parts_->shutdown(grace); }

}  // namespace tram::transport
