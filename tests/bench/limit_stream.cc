#include "tests/bench/limit_stream.h"

#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "transport/environment.h"

namespace tram::bench {
namespace {

constexpr std::uint64_t kMessage = 256 * 1024;

// Reads whatever comes on one call until the client has no more, and says that it was all, in a thread of its
// own.
class Sink {
 public:
  explicit Sink(const TlsFiles& files) {
    grpc::ServerBuilder builder;
    listen(builder, files, service_, port_);
    queue_ = builder.AddCompletionQueue();
    server_ = builder.BuildAndStart();
    if (!server_) throw std::runtime_error("the server of the stream did not start");
    service_.RequestCall(&context_, &stream_, queue_.get(), queue_.get(), tag(kStarted));
    thread_ = std::thread([this] { serve(); });
  }
  ~Sink() {
    server_->Shutdown(std::chrono::system_clock::now());
    thread_.join();
    queue_->Shutdown();
    drain(*queue_);
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  [[nodiscard]] int port() const { return port_; }

 private:
  void serve() {
    Tag which{};
    bool ok = false;
    while (next(*queue_, which, ok) && which != kEnded) {
      if (ok) {
        stream_.Read(&in_, tag(kRead));
      } else if (which == kRead) {
        stream_.Finish(grpc::Status::OK, tag(kEnded));
      } else {
        return;
      }
    }
  }

  int port_ = 0;
  grpc::AsyncGenericService service_;
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::unique_ptr<grpc::Server> server_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_{&context_};
  grpc::ByteBuffer in_;
  std::thread thread_;
};

void expect(grpc::CompletionQueue& queue, Tag wanted) {
  Tag which{};
  bool ok = false;
  if (!next(queue, which, ok) || !ok || which != wanted) throw std::runtime_error("the stream broke");
}

}  // namespace

double seconds_of_stream(const TlsFiles& files, unsigned megabytes) {
  transport::prepare_grpc_environment();
  const Sink sink(files);
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  grpc::GenericStub stub(dial(files, sink.port()));
  const auto stream = stub.PrepareCall(&context, "/tram.bench.Limit/Stream", &queue);
  stream->StartCall(tag(kStarted));
  expect(queue, kStarted);
  const grpc::ByteBuffer chunk = message(kMessage);
  const auto began = std::chrono::steady_clock::now();
  for (std::uint64_t sent = 0; sent < (std::uint64_t{megabytes} << 20); sent += kMessage) {
    stream->Write(chunk, tag(kWritten));
    expect(queue, kWritten);
  }
  stream->WritesDone(tag(kWritten));
  expect(queue, kWritten);
  grpc::Status status;
  stream->Finish(&status, tag(kEnded));
  expect(queue, kEnded);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (!status.ok()) throw std::runtime_error("the stream ended: " + status.error_message());
  queue.Shutdown();
  drain(queue);
  return took.count();
}

}  // namespace tram::bench
