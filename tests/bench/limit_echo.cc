#include "tests/bench/limit_echo.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <deque>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "tests/bench/limit_clock.h"
#include "transport/environment.h"

namespace tram::bench {
namespace {

constexpr int kMostBytes = 20 << 20;
constexpr std::uint64_t kUnderWay = 64, kBytesUnderWay = 8'000'000;

enum Tag : std::intptr_t { kStarted = 1, kRead, kWritten };

void* tag(Tag which) { return reinterpret_cast<void*>(which); }

std::string read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// One event of a queue; false when it is shut down and empty.
bool next(grpc::CompletionQueue& queue, Tag& which, bool& ok) {
  void* got = nullptr;
  if (!queue.Next(&got, &ok)) return false;
  which = static_cast<Tag>(reinterpret_cast<std::intptr_t>(got));
  return true;
}

// Sends back whatever comes, on one call, in a thread of its own.
class EchoServer {
 public:
  explicit EchoServer(const EchoOptions& options) {
    grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    tls.pem_root_certs = read(options.roots);
    tls.pem_key_cert_pairs.push_back({read(options.node_key), read(options.node_certificate)});
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(tls), &port_);
    builder.SetMaxReceiveMessageSize(kMostBytes);
    builder.RegisterAsyncGenericService(&service_);
    queue_ = builder.AddCompletionQueue();
    server_ = builder.BuildAndStart();
    if (!server_) throw std::runtime_error("the echo server did not start");
    service_.RequestCall(&context_, &stream_, queue_.get(), queue_.get(), tag(kStarted));
    thread_ = std::thread([this] { serve(); });
  }
  ~EchoServer() {
    server_->Shutdown(std::chrono::system_clock::now());
    thread_.join();  // the call is over: it asks nothing of the queue any more
    queue_->Shutdown();
    Tag which{};
    bool ok = false;
    while (next(*queue_, which, ok)) {
    }
  }
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  [[nodiscard]] int port() const { return port_; }

 private:
  // Until the call is over and nothing is under way.
  void serve() {
    Tag which{};
    bool ok = false;
    while ((!over_ || writing_) && next(*queue_, which, ok)) {
      if (which == kWritten) writing_ = false;
      if (!ok) over_ = true;
      if (over_) continue;
      if (which == kRead) waiting_.push_back(in_);
      if (which != kWritten) stream_.Read(&in_, tag(kRead));
      write();
    }
  }

  void write() {
    if (writing_ || waiting_.empty()) return;
    writing_ = true;
    out_ = waiting_.front();
    waiting_.pop_front();
    stream_.Write(out_, tag(kWritten));
  }

  int port_ = 0;
  grpc::AsyncGenericService service_;
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::unique_ptr<grpc::Server> server_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_{&context_};
  std::deque<grpc::ByteBuffer> waiting_;
  grpc::ByteBuffer in_, out_;
  bool writing_ = false, over_ = false;
  std::thread thread_;
};

class EchoClient {
 public:
  EchoClient(const EchoOptions& options, int port)
      : most_(under_way(options.bytes)), message_(message(options.bytes)) {
    const grpc::SslCredentialsOptions tls{read(options.roots), read(options.client_key),
                                          read(options.client_certificate)};
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kMostBytes);
    arguments.SetSslTargetNameOverride("localhost");
    stub_ = std::make_unique<grpc::GenericStub>(
        grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port), grpc::SslCredentials(tls), arguments));
    stream_ = stub_->PrepareCall(&context_, "/tram.bench.Limit/Echo", &queue_);
    stream_->StartCall(tag(kStarted));
    Tag which{};
    bool ok = false;
    if (!next(queue_, which, ok) || !ok) throw std::runtime_error("the echo client cannot connect");
    stream_->Read(&in_, tag(kRead));
  }
  ~EchoClient() {
    context_.TryCancel();
    queue_.Shutdown();
    Tag which{};
    bool ok = false;
    while (next(queue_, which, ok)) {
    }
  }
  EchoClient(const EchoClient&) = delete;
  EchoClient& operator=(const EchoClient&) = delete;

  /// Messages that came back before `end`.
  std::uint64_t run(std::chrono::steady_clock::time_point end) {
    std::uint64_t back = 0;
    write();
    while (std::chrono::steady_clock::now() < end) {
      Tag which{};
      bool ok = false;
      if (!next(queue_, which, ok) || !ok) throw std::runtime_error("the echo stream broke");
      if (which == kWritten) writing_ = false;
      if (which == kRead) {
        ++back;
        --open_;
        stream_->Read(&in_, tag(kRead));
      }
      write();
    }
    return back;
  }

 private:
  static std::uint64_t under_way(std::uint64_t bytes) {
    return std::clamp<std::uint64_t>(kBytesUnderWay / bytes, 1, kUnderWay);
  }
  static grpc::ByteBuffer message(std::uint64_t bytes) {
    const grpc::Slice slice(std::string(bytes, 'x'));
    return {&slice, 1};
  }

  void write() {
    if (writing_ || open_ == most_) return;
    writing_ = true;
    ++open_;
    stream_->Write(message_, tag(kWritten));
  }

  const std::uint64_t most_;
  const grpc::ByteBuffer message_;
  grpc::ByteBuffer in_;
  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericStub> stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  std::uint64_t open_ = 0;
  bool writing_ = false;
};

}  // namespace

double cost_of_echo(const EchoOptions& options) {
  transport::prepare_grpc_environment();
  const EchoServer server(options);
  EchoClient client(options, server.port());
  static_cast<void>(
      client.run(std::chrono::steady_clock::now() + options.time / 5));  // the handshake, the windows
  const double before = cpu_microseconds(CLOCK_PROCESS_CPUTIME_ID);
  const std::uint64_t back = client.run(std::chrono::steady_clock::now() + options.time);
  if (back == 0) throw std::runtime_error("no message came back; give it more time");
  return (cpu_microseconds(CLOCK_PROCESS_CPUTIME_ID) - before) / static_cast<double>(back);
}

}  // namespace tram::bench
