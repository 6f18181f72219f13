#include "transport/checked_reading.h"

#include <algorithm>

#include "transport/limits.h"

namespace tram::transport {
namespace {

constexpr const char* kRemedy = "the node's operator restores its content from a backup";

}  // namespace

Result<Bytes> CheckedReading::piece(std::uint64_t at) {
  auto bytes = contents_.read(location_, at, std::min<std::uint64_t>(kChunk, location_.length - at));
  if (bytes && bytes->empty()) {
    return failure(ErrorCode::data_loss, "CONTENT_SHORT",
                   "the stored attachment " + attachment_.name + " ends too early", kRemedy);
  }
  return bytes;
}

Result<void> CheckedReading::catch_up() {
  while (hashed_ < offset_) {
    auto bytes = piece(hashed_);
    if (!bytes) return bytes.error();
    const std::uint64_t wanted = std::min<std::uint64_t>(bytes->size(), offset_ - hashed_);
    hash_.update(BytesView(*bytes).substr(0, wanted));
    hashed_ += wanted;
  }
  return {};
}

Result<Bytes> CheckedReading::next() {
  if (auto caught_up = catch_up(); !caught_up) return caught_up.error();
  Bytes bytes;
  if (!at_end()) {
    auto read = piece(offset_);
    if (!read) return read.error();
    bytes = std::move(*read);
  }
  hash_.update(bytes);
  offset_ += bytes.size();
  hashed_ = offset_;
  if (at_end() && hash_.finish() != attachment_.sha256) {
    return failure(ErrorCode::data_loss, "CONTENT_DAMAGED",
                   "the stored attachment " + attachment_.name + " is not what was signed", kRemedy);
  }
  return bytes;
}

Error damaged(exchange::Node& node, const std::string& subject, const Error& error) {
  if (error.code == ErrorCode::data_loss)
    node.alarms().raise(AlarmKind::content_unreadable, subject, error.message);
  return error;
}

}  // namespace tram::transport
