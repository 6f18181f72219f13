// DIR/deliveries.log: what was received for good. A line a fact, each with its checksum:
//
//   line     = 8 hexadecimal digits of SHA-256(JSON) SP JSON LF
//   received = {"delivery_id", "recipient", "sender", "id", "kind", "received_at", "header", "verdict",
//   "summary"} acked    = {"acknowledged": delivery_id}
//
// A line torn by a power loss can only be the last one: it is cut off, for what it says was never
// acknowledged.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/message.h"
#include "tramctl/durable_file.h"

namespace tram::client {

/// One delivery whose files are written.
struct Received {
  std::string delivery_id;
  AgencyCode recipient;
  MessageKey key;
  MessageKind kind = MessageKind::dispatch;
  Timestamp received_at;
  Digest header;        ///< SHA-256 of header.json
  std::string verdict;  ///< in words
  std::string summary;  ///< the subject, or the status in words
  bool operator==(const Received&) const = default;
};

struct JournalState {
  std::vector<Received> received;  ///< oldest first
  std::set<std::string> acknowledged;
  std::uint64_t whole_bytes = 0;  ///< of the lines that are whole; what follows is torn
};

/// Reads lines. DATA_LOSS, JOURNAL_DAMAGED for a line that is wrong and not the last.
[[nodiscard]] Result<JournalState> parse_journal(std::string_view text);
/// DIR/deliveries.log; empty if there is none.
[[nodiscard]] Result<JournalState> read_journal(const std::string& dir);

/// With LF.
[[nodiscard]] std::string journal_line(const Received& entry);
[[nodiscard]] std::string acknowledged_line(const std::string& delivery_id);

/// The journal of one folder, open for writing. One thread; one process a folder.
class Journal {
 public:
  /// Locks the folder, cuts off a torn line. Errors: FOLDER_IN_USE; those of read_journal; FILE_UNWRITABLE.
  [[nodiscard]] static Result<Journal> open(const std::string& dir);

  /// Null unless it was received before.
  [[nodiscard]] const Received* find(const std::string& delivery_id) const;
  /// Durable when it returns.
  [[nodiscard]] Result<void> add(const Received& entry);
  /// Not flushed: if it is lost, the delivery comes again and is known.
  [[nodiscard]] Result<void> add_acknowledged(const std::string& delivery_id);

 private:
  Journal(FileHandle lock, FileHandle log) : lock_(std::move(lock)), log_(std::move(log)) {}
  FileHandle lock_, log_;
  std::map<std::string, Received> received_;
};

}  // namespace tram::client
