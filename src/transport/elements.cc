#include "transport/elements.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/support/proto_buffer_reader.h>

namespace tram::transport {
namespace {

namespace pb = google::protobuf;
using Wire = pb::internal::WireFormatLite;

constexpr int kDeepest = 32;  // levels; ours have six

class Count {
 public:
  Count(pb::io::CodedInputStream& in, std::size_t most) : in_(in), left_(most) {}

  bool message(const pb::Descriptor& type, int depth) {
    while (const std::uint32_t tag = in_.ReadTag()) {
      if (left_-- == 0 || !field(tag, type, depth)) return false;
    }
    return true;
  }

 private:
  bool field(std::uint32_t tag, const pb::Descriptor& type, int depth) {
    std::uint64_t number = 0;
    switch (Wire::GetTagWireType(tag)) {
      case Wire::WIRETYPE_VARINT:
        return in_.ReadVarint64(&number);
      case Wire::WIRETYPE_FIXED64:
        return in_.Skip(8);
      case Wire::WIRETYPE_FIXED32:
        return in_.Skip(4);
      case Wire::WIRETYPE_LENGTH_DELIMITED:
        return with_length(type.FindFieldByNumber(Wire::GetTagFieldNumber(tag)), depth);
      default:
        return false;
    }
  }

  bool with_length(const pb::FieldDescriptor* field, int depth) {
    int length = 0;
    if (!in_.ReadVarintSizeAsInt(&length)) return false;
    if (field == nullptr || field->type() != pb::FieldDescriptor::TYPE_MESSAGE) return in_.Skip(length);
    if (depth == kDeepest) return false;
    const auto outer = in_.PushLimit(length);
    const bool few = message(*field->message_type(), depth + 1) && in_.BytesUntilLimit() == 0;
    in_.PopLimit(outer);
    return few;
  }

  pb::io::CodedInputStream& in_;
  std::size_t left_;
};

}  // namespace

bool has_few_elements(grpc::ByteBuffer& bytes, const pb::Descriptor& type, std::size_t most) {
  grpc::ProtoBufferReader reader(&bytes);
  if (!reader.status().ok()) return false;
  pb::io::CodedInputStream in(&reader);
  return Count(in, most).message(type, 0);
}

}  // namespace tram::transport
