#include "tests/bench/limit_grpc.h"

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace tram::bench {
namespace {

constexpr int kMostBytes = 20 << 20;

std::string read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

bool next(grpc::CompletionQueue& queue, Tag& which, bool& ok) {
  void* got = nullptr;
  if (!queue.Next(&got, &ok)) return false;
  which = static_cast<Tag>(reinterpret_cast<std::intptr_t>(got));
  return true;
}

void drain(grpc::CompletionQueue& queue) {
  Tag which{};
  bool ok = false;
  while (next(queue, which, ok)) {
  }
}

OneCall::OneCall(const TlsFiles& files, Serve serve) : serve_(std::move(serve)) {
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_root_certs = read(files.roots);
  tls.pem_key_cert_pairs.push_back({read(files.node_key), read(files.node_certificate)});
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(tls), &port_);
  builder.SetMaxReceiveMessageSize(kMostBytes);
  builder.RegisterAsyncGenericService(&service_);
  queue_ = builder.AddCompletionQueue();
  server_ = builder.BuildAndStart();
  if (!server_) throw std::runtime_error("the server of the measurement did not start");
  service_.RequestCall(&context_, &stream_, queue_.get(), queue_.get(), tag(kStarted));
  thread_ = std::thread([this] { serve_(*queue_, stream_); });
}

OneCall::~OneCall() {
  server_->Shutdown(std::chrono::system_clock::now());
  thread_.join();  // the call is over: it asks nothing of the queue any more
  queue_->Shutdown();
  drain(*queue_);
}

std::shared_ptr<grpc::Channel> dial(const TlsFiles& files, int port) {
  const grpc::SslCredentialsOptions tls{read(files.roots), read(files.client_key),
                                        read(files.client_certificate)};
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMostBytes);
  arguments.SetSslTargetNameOverride("localhost");
  return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port), grpc::SslCredentials(tls), arguments);
}

grpc::ByteBuffer message(std::uint64_t bytes) {
  const grpc::Slice slice(std::string(bytes, 'x'));
  return {&slice, 1};
}

}  // namespace tram::bench
