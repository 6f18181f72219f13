// How much a message would become in memory, before it is read. For the sources of this folder.
#pragma once

#include <google/protobuf/descriptor.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstddef>

namespace tram::transport {

/// True if a message of this type has at most `most` fields in all its levels, an element of a repeated one
/// counting as a field. An empty submessage is two bytes on the wire and a hundred in memory: the limit on
/// bytes alone does not bound what reading them takes. False also of bytes that are no message as far as that
/// shows without reading it, and of groups, which proto3 has not. Never keeps or copies the bytes.
[[nodiscard]] bool has_few_elements(grpc::ByteBuffer& bytes, const google::protobuf::Descriptor& type,
                                    std::size_t most);

}  // namespace tram::transport
