#include "tramd/restoration.h"

#include <charconv>
#include <filesystem>
#include <future>
#include <iomanip>
#include <random>
#include <sstream>

#include "codec/evidence_json.h"
#include "log/checkpoint.h"
#include "tramd/durable_file.h"

namespace tram::daemon {
namespace {

constexpr const char* kRestoredFile = "restored.json";
constexpr const char* kReconciledFile = "reconciled";  // of this very restore: it goes with the next one
constexpr const char* kEpochFile = "log_epoch";  // the log's name from this restore on; goes once it is used
constexpr std::size_t kEpochDigits = 8;
// Messages under way while the copy was taken.
constexpr Duration kMargin = std::chrono::minutes(10);

// A little earlier than need be, and no two restores from one backup the same: a peer that has handed back to
// the former one does not take this one for it.
Timestamp new_lacks_since(Timestamp taken_at) {
  std::random_device random;
  std::uniform_int_distribution<std::int64_t> micros(0, 59'999'999);
  return taken_at - kMargin - Duration(micros(random));
}

bool is_epoch(std::string_view text) {
  return text.size() == kEpochDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The same log in an epoch that no other restore has had: from one backup a node may be restored twice, and
// nothing in its data tells the second time what the first has signed.
std::string new_epoch_of(const std::string& log_origin) {
  const std::size_t dash = log_origin.rfind('-');
  const bool later = dash != std::string::npos && is_epoch(std::string_view(log_origin).substr(dash + 1));
  std::random_device random;
  std::ostringstream out;
  out << log_origin.substr(0, later ? dash : log_origin.size()) << '-' << std::hex << std::setfill('0')
      << std::setw(kEpochDigits) << std::uint32_t{random()};
  return out.str();
}

Error forked(const store::BackupOrigin& backup, const std::string& log_origin, const std::string& right) {
  return failure(ErrorCode::failed_precondition, "RESTORED_NEEDS_NEW_ORIGIN",
                 "these data were restored from a backup of " + to_rfc3339(backup.taken_at) + ": the log " +
                     log_origin + " may have gone on after that, and may not be forked",
                 "set [log] origin to " + right +
                     ", start, and give the peers the new log.vkey for their [[known_log]]");
}

// Chosen when these data are first looked at, and kept until the log has begun.
Result<std::string> demanded_origin(const std::filesystem::path& data, const std::string& former) {
  if (auto kept = content_of(data / kEpochFile); kept && !kept->empty()) return *kept;
  std::string fresh = new_epoch_of(former);
  if (auto written = replace_file(data / kEpochFile, fresh); !written) return written.error();
  return fresh;
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
  if (auto right = out.check_origin(*origin, log_origin); !right) return right.error();
  out.origin_ = std::move(*origin);
  return out;
}

Result<void> Restoration::check_origin(const store::BackupOrigin& backup,
                                       const std::string& log_origin) const {
  if (!new_)
    return log_origin == backup.log_origin ? forked(backup, log_origin, "what it was since then")
                                           : Result<void>();
  const auto demanded = demanded_origin(data_, backup.log_origin);
  if (!demanded) return demanded.error();
  return log_origin == *demanded ? Result<void>() : forked(backup, log_origin, "\"" + *demanded + "\"");
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
  if (auto written = replace_file(data / kRestoredFile, store::write_backup_origin(*origin_)); !written)
    return written;
  // First: whoever puts another copy over these data is to be asked for another name.
  std::filesystem::remove(data / kEpochFile, error);
  if (error) return unusable(data / kEpochFile);
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
  return replace_file(std::filesystem::path(data_) / kReconciledFile, lines);
}

}  // namespace tram::daemon
