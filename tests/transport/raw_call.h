// A stream as its bytes, by hand: what a client that does not keep the rules sends.
#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <string>

#include "tests/transport/mailbox.h"

namespace tram::transport::test {

/// Bytes that are a message of no type: a field number and no end of it.
inline const std::string kGarbage = "\xff\xff\xff\xff";

[[nodiscard]] inline grpc::ByteBuffer bytes_of(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

/// One step at a time, by one thread.
class RawCall {
 public:
  /// `method` as "/tram.v1.Exchange/Send".
  RawCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method) : stub_(channel) {
    context_.set_deadline(std::chrono::system_clock::now() + kPatience);
    call_ = stub_.PrepareCall(&context_, method, &queue_);
    call_->StartCall(this);
    step();
  }
  ~RawCall() {
    context_.TryCancel();
    queue_.Shutdown();
    for (void* tag = nullptr; queue_.Next(&tag, &last_);) continue;
  }
  RawCall(const RawCall&) = delete;
  RawCall& operator=(const RawCall&) = delete;

  bool write(const std::string& bytes) {
    call_->Write(bytes_of(bytes), this);
    return step();
  }
  bool write(const google::protobuf::MessageLite& message) { return write(message.SerializeAsString()); }

  /// False at the end of the stream.
  bool read(google::protobuf::MessageLite& message) {
    grpc::ByteBuffer bytes;
    call_->Read(&bytes, this);
    grpc::Slice slice;
    return step() && bytes.DumpToSingleSlice(&slice).ok() &&
           message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
  }
  grpc::Status finish() {
    grpc::Status status;
    call_->Finish(&status, this);
    step();
    return status;
  }

 private:
  bool step() {
    void* tag = nullptr;
    return queue_.Next(&tag, &last_) && last_;
  }

  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  bool last_ = false;
};

}  // namespace tram::transport::test
