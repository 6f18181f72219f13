#include "tramctl/evidence_place.h"

#include <algorithm>
#include <filesystem>

#include "codec/header_json.h"
#include "evidence/container.h"
#include "evidence/container_reader.h"
#include "tramctl/safe_path.h"

namespace tram::client {
namespace {

// Its header alone says so, unverified: nothing is proven by it, something is only not to be lost.
Result<MessageKey> message_in(const std::string& path) {
  const auto reader = evidence::ContainerReader::open(path);
  if (!reader) return reader.error();
  if (!reader->problems().empty()) return reader->problems().front();
  const auto& members = reader->members();
  const auto found = std::find_if(members.begin(), members.end(),
                                  [](const auto& member) { return member.name == evidence::kHeaderMember; });
  if (found == members.end())
    return invalid(std::string(evidence::kHeaderMember), "MEMBER_MISSING", "is missing");
  const auto bytes = reader->read(static_cast<std::size_t>(found - members.begin()), codec::kMaxHeaderBytes);
  if (!bytes) return bytes.error();
  const auto header = codec::read_kept_header(*bytes);
  if (!header) return header.error();
  return header->submission.key;
}

std::string text_of(const MessageKey& key) { return key.sender.text() + "/" + key.id.text(); }

}  // namespace

Result<std::string> container_place(const std::string& dir, const MessageKey& key) {
  if (const auto safe = message_folder(key); !safe) return safe.error();
  std::string path = dir + "/" + key.id.text() + ".asice";
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) return path;
  const Result<MessageKey> there = message_in(path);
  if (there && *there == key) return path;
  if (there)
    return failure(ErrorCode::failed_precondition, "CONTAINER_OF_ANOTHER",
                   path + " is the container of " + text_of(*there) + ", not of " + text_of(key),
                   "give another --dir: ids are unique within their sender alone");
  Error error = failure(ErrorCode::failed_precondition, "CONTAINER_UNKNOWN",
                        path + " is there and cannot be read as a container of " + text_of(key),
                        "move it away, or give another --dir");
  error.causes.push_back(there.error());
  return error;
}

}  // namespace tram::client
