#include "tests/bench/limit_echo.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <thread>

#include "tests/bench/limit_clock.h"
#include "tests/bench/limit_grpc.h"
#include "transport/environment.h"

namespace tram::bench {
namespace {

constexpr std::uint64_t kUnderWay = 64, kBytesUnderWay = 8'000'000;

// Sends back whatever comes on a call.
class Echo {
 public:
  void serve(grpc::CompletionQueue& queue, grpc::GenericServerAsyncReaderWriter& stream) {
    Tag which{};
    bool ok = false;
    while ((!over_ || writing_) && next(queue, which, ok)) {
      if (which == kWritten) writing_ = false;
      if (!ok) over_ = true;
      if (over_) continue;
      if (which == kRead) waiting_.push_back(in_);
      if (which != kWritten) stream.Read(&in_, tag(kRead));
      write(stream);
    }
  }

 private:
  void write(grpc::GenericServerAsyncReaderWriter& stream) {
    if (writing_ || waiting_.empty()) return;
    writing_ = true;
    out_ = waiting_.front();
    waiting_.pop_front();
    stream.Write(out_, tag(kWritten));
  }

  std::deque<grpc::ByteBuffer> waiting_;
  grpc::ByteBuffer in_, out_;
  bool writing_ = false, over_ = false;
};

class EchoClient {
 public:
  EchoClient(const EchoOptions& options, int port)
      : most_(under_way(options.bytes)), message_(message(options.bytes)) {
    stub_ = std::make_unique<grpc::GenericStub>(dial(options, port));
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
    drain(queue_);
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
  Echo echo;
  const OneCall server(options, [&echo](auto& queue, auto& stream) { echo.serve(queue, stream); });
  EchoClient client(options, server.port());
  static_cast<void>(
      client.run(std::chrono::steady_clock::now() + options.time / 5));  // the handshake, the windows
  const double before = cpu_microseconds(CLOCK_PROCESS_CPUTIME_ID);
  const std::uint64_t back = client.run(std::chrono::steady_clock::now() + options.time);
  if (back == 0) throw std::runtime_error("no message came back; give it more time");
  return (cpu_microseconds(CLOCK_PROCESS_CPUTIME_ID) - before) / static_cast<double>(back);
}

}  // namespace tram::bench
