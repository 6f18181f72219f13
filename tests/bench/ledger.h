// The books of one run: what was sent, accepted, delivered, and when.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tram::bench {

using Clock = std::chrono::steady_clock;

/// The id of a run's document: the time at which the run began (since 1970), the document's number. As with
/// UUID version 7, ids made in order sort in order, those of a later run behind those of an earlier one: a
/// database grows at the ends of its indexes.
[[nodiscard]] std::string id_of(std::chrono::nanoseconds run, std::uint64_t number);
[[nodiscard]] std::uint64_t number_of(const std::string& id);

/// Threads: any.
class Ledger {
 public:
  /// `documents`: opened at most, 0 for no limit. `ends_accepted`: nobody receives here. `recipients`: of
  /// each document, at least 1; all have to acknowledge it.
  Ledger(unsigned in_flight, std::uint64_t documents, bool ends_accepted, unsigned recipients = 1)
      : room_(in_flight),
        documents_limit_(documents),
        ends_accepted_(ends_accepted),
        recipients_(recipients) {}

  /// Waits for room and opens a new document; nothing after `deadline`, or when all are open.
  [[nodiscard]] std::optional<std::string> next(Clock::time_point deadline);
  /// As next(), without waiting; nothing when there is no room now.
  [[nodiscard]] std::optional<std::string> try_next();
  /// As many as there shall be were opened.
  [[nodiscard]] bool all_opened();
  /// Documents opened and not answered: to be sent again on a new stream.
  [[nodiscard]] std::vector<std::string> unanswered();
  void answered(const std::string& id, bool accepted, const std::string& error);
  /// A delivery reached the recipient's client; true if it is its first effect.
  bool delivered(const std::string& id, const std::string& delivery_id, bool redelivered);
  /// The recipient's acknowledgement is durable: the document is done, once it is accepted as well.
  void acknowledged(const std::string& id) { acknowledged(id, id); }
  /// As above, of one of several recipients: its delivery counts once, however often it is acknowledged.
  void acknowledged(const std::string& id, const std::string& delivery_id);
  void status_received();
  /// Until everything accepted is done, or `deadline`.
  void wait_done(Clock::time_point deadline);

  struct Summary {
    std::uint64_t sent = 0, accepted = 0, refused = 0, delivered = 0, lost = 0, duplicates = 0, statuses = 0;
    double seconds = 0, mean_ms = 0, p50_ms = 0, p99_ms = 0, p999_ms = 0;
    std::string first_error;
  };
  [[nodiscard]] Summary summary();

 private:
  struct Document {
    Clock::time_point sent;
    bool accepted = false, delivered = false, done = false;
    unsigned acknowledged = 0;
  };
  [[nodiscard]] bool complete(const Document& document) const {
    return document.accepted && (ends_accepted_ || document.acknowledged >= recipients_);
  }
  std::string open();             // with the mutex, and with room
  void done(Document& document);  // with the mutex

  std::mutex mutex_;  // guards everything
  std::condition_variable changed_;
  unsigned room_;
  const std::uint64_t documents_limit_;
  const bool ends_accepted_;
  const unsigned recipients_;
  std::uint64_t counter_ = 0;
  std::unordered_map<std::string, Document> documents_;
  std::unordered_set<std::string> open_;  // neither answered nor refused
  std::unordered_set<std::string> effects_;
  std::unordered_set<std::string> acknowledged_;  // deliveries, if a document has several
  std::vector<double> milliseconds_;
  Summary counts_;
  std::optional<Clock::time_point> first_, last_;
  const std::chrono::nanoseconds began_ = std::chrono::system_clock::now().time_since_epoch();
};

/// One JSON object on standard output, the first refusal on standard error; the program's exit code: 0 if
/// nothing was lost or delivered twice.
int report(const Ledger::Summary& run);

}  // namespace tram::bench
