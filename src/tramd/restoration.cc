#include "tramd/restoration.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <future>
#include <random>
#include <sstream>

#include "codec/evidence_json.h"
#include "log/checkpoint.h"

namespace tram::daemon {
namespace {

constexpr const char* kRestoredFile = "restored.json";
constexpr const char* kReconciledFile = "reconciled";  // of this very restore: it goes with the next one
// Messages under way while the copy was taken.
constexpr Duration kMargin = std::chrono::minutes(10);

// A little earlier than need be, and no two restores from one backup the same: a peer that has handed back to
// the former one does not take this one for it.
Timestamp new_lacks_since(Timestamp taken_at) {
  std::random_device random;
  std::uniform_int_distribution<std::int64_t> micros(0, 59'999'999);
  return taken_at - kMargin - Duration(micros(random));
}

std::optional<Bytes> content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

Error unusable(const std::filesystem::path& file) {
  return failure(ErrorCode::internal, "FOLDER_UNUSABLE", file.string() + " cannot be written or removed",
                 "let the service's user write into its data folder");
}

bool synced(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool done = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return done;
}

// Whole or not at all, whatever happens: a torn line would name what is not there.
Result<void> replace(const std::filesystem::path& file, const Bytes& bytes) {
  const std::filesystem::path fresh = file.string() + ".new";
  std::error_code error;
  if (!(std::ofstream(fresh, std::ios::binary | std::ios::trunc) << bytes << std::flush))
    return unusable(fresh);
  if (!synced(fresh)) return unusable(fresh);
  std::filesystem::rename(fresh, file, error);
  if (error || !synced(file.parent_path())) return unusable(file);
  return {};
}

// The file has a line a link whose peer still owes: its name. Then a line a lost message, and one that counts
// the further ones; words are parted by tabs, which no name contains.
constexpr const char* kLost = "lost";  // SENDER ID LINK RECIPIENT…
constexpr const char* kMore = "more";  // COUNT

std::string line_of(const exchange::LostMessage& message) {
  std::string out = std::string(kLost) + "\t" + message.key.sender.text() + "\t" + message.key.id.text() +
                    "\t" + message.link;
  for (const AgencyCode& recipient : message.recipients) out += "\t" + recipient.text();
  return out + "\n";
}

void read_line(const std::string& line, exchange::Restored& out) {
  std::vector<std::string> words;
  std::istringstream in(line);
  for (std::string word; std::getline(in, word, '\t');) words.push_back(word);
  if (words.size() == 1) return out.owed.push_back(line);
  if (words.size() == 2 && words[0] == kMore)
    static_cast<void>(std::from_chars(words[1].data(), words[1].data() + words[1].size(), out.lost.more));
  if (words.size() < 4 || words[0] != kLost) return;
  auto sender = AgencyCode::parse(words[1]);
  if (!sender) return;
  exchange::LostMessage lost{{std::move(*sender), MessageId(words[2])}, {}, words[3]};
  for (std::size_t i = 4; i < words.size(); ++i) {
    if (auto recipient = AgencyCode::parse(words[i])) lost.recipients.push_back(std::move(*recipient));
  }
  out.lost.named.push_back(std::move(lost));
}

}  // namespace

Result<Restoration> Restoration::look(const std::string& data, const std::string& log_origin) {
  Restoration out;
  out.data_ = data;
  auto bytes = content_of(std::filesystem::path(data) / store::kBackupFile);
  out.new_ = bytes.has_value();
  if (!bytes) bytes = content_of(std::filesystem::path(data) / kRestoredFile);
  if (!bytes) return out;
  auto origin = store::read_backup_origin(*bytes);
  if (!origin) return origin.error();
  if (origin->log_origin == log_origin) {
    return failure(ErrorCode::failed_precondition, "RESTORED_NEEDS_NEW_ORIGIN",
                   "these data were restored from a backup of " + to_rfc3339(origin->taken_at) +
                       ": the log " + log_origin + " may have gone on after that, and may not be forked",
                   "set [log] origin to a new name, e.g. \"" + log_origin +
                       "-2\", start, and give the peers the new log.vkey for their [[known_log]]");
  }
  out.origin_ = std::move(*origin);
  return out;
}

Result<void> Restoration::begin_epoch(exchange::MessageStore& messages, const AgencyCode& node,
                                      Timestamp now) {
  if (!new_) return {};
  EvidenceRecord record;
  record.event = EvidenceEvent::operator_act;
  record.time = now;
  record.node = node;
  record.reason = "LOG_EPOCH";
  record.detail = "continues the log " + origin_->log_origin + " from a backup of " +
                  to_rfc3339(origin_->taken_at) + " with " + std::to_string(messages.log_size()) + " entries";
  if (const auto root = messages.log_root(messages.log_size()))
    record.detail += ", root sha256:" + root->hex();
  std::promise<Result<void>> done;
  messages.submit(
      [bytes = codec::write_record(record)](exchange::Transaction& transaction) -> Result<void> {
        transaction.append_record(bytes, std::nullopt, "");
        return {};
      },
      [&done](const Result<void>& committed) { done.set_value(committed); });
  if (auto committed = done.get_future().get(); !committed) return committed;
  origin_->lacks_since = new_lacks_since(origin_->taken_at);
  return keep_restored();
}

// From the removal of backup.json on, this is a restored node.
Result<void> Restoration::keep_restored() const {
  std::error_code error;
  const std::filesystem::path data(data_);
  std::filesystem::remove(data / kReconciledFile, error);  // of an earlier restore
  if (auto written = replace(data / kRestoredFile, store::write_backup_origin(*origin_)); !written)
    return written;
  if (std::filesystem::remove(data / store::kBackupFile, error)) return {};
  return unusable(data / store::kBackupFile);
}

std::optional<exchange::Restored> Restoration::restored() const {
  if (!origin_) return std::nullopt;
  exchange::Restored out;
  out.taken_at = origin_->taken_at;
  out.lacks_since = origin_->lacks_since.value_or(origin_->taken_at - kMargin);
  out.former_origin = origin_->log_origin;
  out.log_size = origin_->log_size;
  const auto kept = content_of(std::filesystem::path(data_) / kReconciledFile);
  out.reconciled = kept.has_value();
  std::istringstream lines(kept.value_or(""));
  for (std::string line; std::getline(lines, line);) read_line(line, out);
  return out;
}

Result<void> Restoration::keep_reconciled(const std::vector<std::string>& owed,
                                          const exchange::LostMessages& lost) const {
  std::string lines;
  for (const std::string& link : owed) lines += link + "\n";
  for (const exchange::LostMessage& message : lost.named) lines += line_of(message);
  if (lost.more > 0) lines += std::string(kMore) + "\t" + std::to_string(lost.more) + "\n";
  return replace(std::filesystem::path(data_) / kReconciledFile, lines);
}

}  // namespace tram::daemon
