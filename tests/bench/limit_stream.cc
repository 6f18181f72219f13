#include "tests/bench/limit_stream.h"

#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <stdexcept>

#include "transport/environment.h"

namespace tram::bench {
namespace {

constexpr std::uint64_t kMessage = 256 * 1024;

// Reads whatever comes on a call until the client has no more, and says that it was all.
void drop_all(grpc::ByteBuffer& in, grpc::CompletionQueue& queue,
              grpc::GenericServerAsyncReaderWriter& stream) {
  Tag which{};
  bool ok = false;
  while (next(queue, which, ok) && which != kEnded) {
    if (ok) {
      stream.Read(&in, tag(kRead));
    } else if (which == kRead) {
      stream.Finish(grpc::Status::OK, tag(kEnded));
    } else {
      return;
    }
  }
}

void expect(grpc::CompletionQueue& queue, Tag wanted) {
  Tag which{};
  bool ok = false;
  if (!next(queue, which, ok) || !ok || which != wanted) throw std::runtime_error("the stream broke");
}

}  // namespace

double seconds_of_stream(const TlsFiles& files, unsigned megabytes) {
  transport::prepare_grpc_environment();
  grpc::ByteBuffer dropped;
  const OneCall sink(files, [&dropped](auto& called, auto& stream) { drop_all(dropped, called, stream); });
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
