// A node named sonla on loopback that answers every Relay stream with prepared bytes, then reads no more.
#pragma once

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <tram/v1/relay.grpc.pb.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/transport/fixtures.h"
#include "tests/transport/raw_call.h"

namespace tram::transport::test {

class RawPeer final : public v1::Relay::WithRawCallbackMethod_Exchange<v1::Relay::Service> {
 public:
  /// One answer of `answers` for each frame that comes, as long as there are some; then it reads no more.
  explicit RawPeer(std::vector<std::string> answers) : answers_(std::move(answers)) {
    grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    tls.pem_root_certs = read("roots.pem");
    tls.pem_key_cert_pairs.push_back({read("nodes/sonla.key"), read("nodes/sonla.crt")});
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(tls), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~RawPeer() override { server_->Shutdown(std::chrono::system_clock::now()); }

  /// The hello of a node that keeps the rules.
  [[nodiscard]] static std::string hello() {
    v1::RelayAnswer out;
    out.mutable_hello()->set_node("H52");
    out.mutable_hello()->set_min_version(1);
    out.mutable_hello()->set_max_version(1);
    return out.SerializeAsString();
  }

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Exchange(
      grpc::CallbackServerContext*) override {
    return new Stream(answers_);
  }

 private:
  class Stream final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
   public:
    explicit Stream(const std::vector<std::string>& answers) : answers_(answers) { StartRead(&frame_); }
    void OnReadDone(bool ok) override {
      if (!ok) return;
      answer_ = bytes_of(answers_[next_++]);
      StartWrite(&answer_);
    }
    void OnWriteDone(bool ok) override {
      if (ok && next_ < answers_.size()) StartRead(&frame_);
    }
    void OnCancel() override { Finish(grpc::Status::CANCELLED); }
    void OnDone() override { delete this; }

   private:
    const std::vector<std::string>& answers_;
    std::size_t next_ = 0;
    grpc::ByteBuffer frame_;
    grpc::ByteBuffer answer_;
  };

  const std::vector<std::string> answers_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace tram::transport::test
