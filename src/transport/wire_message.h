// Messages of a stream as their bytes. gRPC's typed streams make of bytes that are no message what they make
// of a half-close; so our streams take the bytes and read them themselves. For the sources of this folder.
#pragma once

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>

#include "base/error.h"
#include "transport/elements.h"
#include "transport/limits.h"

namespace tram::transport {

/// Reads what came into `message`, without a copy in between, and lets go of the bytes. False if they are no
/// message of this type, or one of too many fields.
template <class Message>
[[nodiscard]] bool parse(grpc::ByteBuffer& bytes, Message& message) {
  if (!has_few_elements(bytes, *Message::descriptor(), kMaxElements)) return false;
  return grpc::SerializationTraits<Message>::Deserialize(&bytes, &message).ok();
}

/// The bytes to be sent. Never fails: what is sent here is bounded far below protobuf's 2 GiB.
template <class Message>
[[nodiscard]] grpc::ByteBuffer to_bytes(const Message& message) {
  grpc::ByteBuffer bytes;
  bool own = false;
  const grpc::Status done = grpc::SerializationTraits<Message>::Serialize(message, &bytes, &own);
  GPR_ASSERT(done.ok() && own);
  return bytes;
}

/// INVALID_ARGUMENT, MESSAGE_UNREADABLE.
template <class Message>
[[nodiscard]] Error unreadable() {
  return failure(ErrorCode::invalid_argument, "MESSAGE_UNREADABLE",
                 "what came is no " + Message::descriptor()->full_name(),
                 "send what proto/tram/v1 defines; what was answered before stands, send the rest again");
}

}  // namespace tram::transport
