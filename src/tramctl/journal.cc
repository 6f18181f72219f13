#include "tramctl/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <optional>

#include "codec/causes.h"
#include "codec/header_fields.h"
#include "codec/json_object.h"

namespace tram::client {
namespace {

constexpr std::size_t kChecksum = 8;         // hexadecimal digits
constexpr std::size_t kMaxLine = 64 * 1024;  // bytes
constexpr char kName[] = "deliveries.log";

std::string checksummed(const boost::json::object& object) {
  const std::string json = boost::json::serialize(object);
  return Sha256::of(json).hex().substr(0, kChecksum) + " " + json + "\n";
}

Received read_received(const codec::JsonObject& object) {
  Received out;
  out.delivery_id = object.text("delivery_id", codec::Need::required);
  out.recipient = object.agency("recipient");
  out.key.sender = object.agency("sender", codec::Need::required);
  out.key.id = MessageId(object.text("id", codec::Need::required));
  if (const auto kind = object.choice("kind", codec::kKindSpellings, codec::Need::required))
    out.kind = static_cast<MessageKind>(*kind + 1);
  if (const auto time = object.time("received_at", codec::Need::required)) out.received_at = *time;
  out.header = object.digest("header", codec::Need::required);
  out.verdict = object.text("verdict");
  out.summary = object.text("summary");
  return out;
}

// False if the line is not one of ours, whole.
bool read_line(std::string_view line, JournalState& state) {
  if (line.size() <= kChecksum || line[kChecksum] != ' ') return false;
  const std::string_view json = line.substr(kChecksum + 1);
  if (Sha256::of(json).hex().substr(0, kChecksum) != line.substr(0, kChecksum)) return false;
  const auto value = codec::parse_json(json, kMaxLine);
  if (!value) return false;
  codec::Causes causes;
  const codec::JsonObject object(*value, "", causes);
  if (const std::string id = object.text("acknowledged"); !id.empty()) {
    state.acknowledged.insert(id);
  } else {
    Received entry = read_received(object);
    if (!causes.empty()) return false;
    state.received.push_back(std::move(entry));
  }
  return true;
}

Result<FileHandle> lock_folder(const std::string& dir) {
  const std::string path = dir + "/.lock";
  FileHandle lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return file_unwritable(path, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
    return failure(ErrorCode::failed_precondition, "FOLDER_IN_USE", "another tramctl receives into " + dir,
                   "end it, or name another --dir");
  return lock;
}

Result<FileHandle> open_log(const std::string& dir, std::uint64_t whole_bytes) {
  const std::string path = dir + "/" + kName;
  FileHandle log(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!log || ::ftruncate(log.get(), static_cast<off_t>(whole_bytes)) != 0 || ::fsync(log.get()) != 0)
    return file_unwritable(path, errno);
  if (auto synced = sync_folder(dir); !synced) return synced.error();
  return log;
}

}  // namespace

std::string journal_line(const Received& entry) {
  boost::json::object out;
  out["delivery_id"] = entry.delivery_id;
  if (!entry.recipient.empty()) out["recipient"] = entry.recipient.text();
  out["sender"] = entry.key.sender.text();
  out["id"] = entry.key.id.text();
  out["kind"] = codec::spelling(entry.kind);
  out["received_at"] = to_rfc3339(entry.received_at);
  out["header"] = entry.header.hex();
  out["verdict"] = entry.verdict;
  out["summary"] = entry.summary;
  return checksummed(out);
}

std::string acknowledged_line(const std::string& delivery_id) {
  boost::json::object out;
  out["acknowledged"] = delivery_id;
  return checksummed(out);
}

Result<JournalState> parse_journal(std::string_view text) {
  JournalState state;
  while (state.whole_bytes < text.size()) {
    const std::size_t end = text.find('\n', state.whole_bytes);
    if (end == std::string_view::npos) break;
    if (!read_line(text.substr(state.whole_bytes, end - state.whole_bytes), state)) {
      if (end + 1 == text.size()) break;
      return failure(ErrorCode::data_loss, "JOURNAL_DAMAGED",
                     std::string(kName) + " is damaged at byte " + std::to_string(state.whole_bytes),
                     "restore it from a backup; without it a redelivery would take effect twice");
    }
    state.whole_bytes = end + 1;
  }
  return state;
}

Result<JournalState> read_journal(const std::string& dir) {
  const auto text = read_if_there(dir + "/" + kName);
  if (!text) return text.error();  // never taken for an empty one, which would be cut off at its beginning
  if (!*text) return JournalState{};
  return parse_journal(**text);
}

Result<Journal> Journal::open(const std::string& dir) {
  if (auto made = make_folders(dir, ""); !made) return made.error();
  Result<FileHandle> lock = lock_folder(dir);
  if (!lock) return lock.error();
  Result<JournalState> state = read_journal(dir);
  if (!state) return state.error();
  Result<FileHandle> log = open_log(dir, state->whole_bytes);
  if (!log) return log.error();
  Journal out(std::move(*lock), std::move(*log));
  for (Received& entry : state->received) out.received_.insert_or_assign(entry.delivery_id, std::move(entry));
  return out;
}

const Received* Journal::find(const std::string& delivery_id) const {
  const auto found = received_.find(delivery_id);
  return found == received_.end() ? nullptr : &found->second;
}

Result<void> Journal::add(const Received& entry) {
  if (auto done = write_all(log_.get(), journal_line(entry), kName); !done) return done.error();
  if (::fsync(log_.get()) != 0) return file_unwritable(kName, errno);
  received_.insert_or_assign(entry.delivery_id, entry);
  return {};
}

Result<void> Journal::add_acknowledged(const std::string& delivery_id) {
  return write_all(log_.get(), acknowledged_line(delivery_id), kName);
}

}  // namespace tram::client
