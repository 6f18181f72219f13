// Chores on the message store.
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "exchange/chores.h"
#include "exchange/retention.h"

namespace tram::exchange {
namespace {

// Messages a unit: some 10 ms of the committer, which is what an urgent document may have to wait for it.
constexpr std::size_t kMessages = 128;
constexpr std::size_t kRows = 256;   // of small tables, a unit
constexpr std::size_t kPages = 128;  // given back in a unit

struct Counts {
  std::uint64_t removed = 0;
  std::uint64_t unfinished = 0;
};

std::string of_unfinished(std::uint64_t count) {
  return count == 0 ? "" : "; " + counted(count, "message") + " past that age not finished";
}

// Submits one unit that answers how much it did.
template <class Count>
void submit(MessageStore& store, std::function<Count(Transaction&)> work,
            std::function<void(const Result<Count>&)> then) {
  auto count = std::make_shared<Count>();
  store.submit(
      [count, work = std::move(work)](Transaction& transaction) -> Result<void> {
        *count = work(transaction);
        return {};
      },
      [count, then = std::move(then)](const Result<void>& committed) {
        then(committed ? Result<Count>(*count) : Result<Count>(committed.error()));
      });
}

// Does it to those of the messages that are finished, in one unit; adds to the total. A chore's step.
void prune(MessageStore& store, std::vector<OldMessage> found, Timestamp before,
           std::function<void(Pruning&, MessageRow)> act, Counts& total, Chore::Done done) {
  const auto work = [found = std::move(found), before, act = std::move(act)](Transaction& transaction) {
    Counts counts;
    for (const OldMessage& each : found) {
      const bool finished = is_finished(transaction, transaction.load(each.row), before);
      if (finished) act(transaction.pruning(), each.row);
      ++(finished ? counts.removed : counts.unfinished);
    }
    return counts;
  };
  submit<Counts>(store, work, [&total, done = std::move(done)](const Result<Counts>& counts) {
    if (!counts) return done(counts.error());
    total.removed += counts->removed;
    total.unfinished += counts->unfinished;
    done(true);
  });
}

class ContentPruning final : public Chore {
 public:
  ContentPruning(const Settings& settings, const Services& services)
      : retention_(settings.retention.content), messages_(services.messages) {}

  void begin(Timestamp now) override {
    now_ = now;
    after_.reset();
    total_ = {};
  }

  void step(Done done) override {
    const Timestamp before = now_ - retention_;
    auto found = messages_.retention().with_contents(before, after_, kMessages);
    if (found.empty()) return done(false);
    after_ = found.back();
    const auto drop = [now = now_](Pruning& pruning, MessageRow row) { pruning.drop_contents(row, now); };
    prune(messages_, std::move(found), before, drop, total_, std::move(done));
  }

  std::string summary() const override {
    if (total_.removed == 0) return "";
    return "contents of " + counted(total_.removed, "message") + of_unfinished(total_.unfinished);
  }

 private:
  const Duration retention_;
  MessageStore& messages_;
  Timestamp now_;
  std::optional<OldMessage> after_;
  Counts total_;
};

// First the messages, in the order of their rows; then the records of log entries that are older than the
// first message which is not past its time.
class RecordPruning final : public Chore {
 public:
  RecordPruning(const Settings& settings, const Services& services)
      : retention_(record_retention(settings)), messages_(services.messages) {}

  void begin(Timestamp now) override {
    before_ = now - retention_;
    after_ = MessageRow(0);
    records_below_.reset();
    total_ = {};
    records_ = 0;
  }

  void step(Done done) override {
    if (records_below_) return drop_records(*records_below_, std::move(done));
    auto found = messages_.retention().oldest(after_, kMessages);
    const auto young = std::find_if(found.begin(), found.end(),
                                    [&](const OldMessage& each) { return each.stored_at >= before_; });
    if (young != found.end()) records_below_ = young->log_index;
    found.erase(young, found.end());
    if (found.empty()) return done(records_below_.has_value());
    after_ = found.back().row;
    const auto remove = [](Pruning& pruning, MessageRow row) { pruning.remove_message(row); };
    prune(messages_, std::move(found), before_, remove, total_, std::move(done));
  }

  std::string summary() const override {
    if (total_.removed == 0 && records_ == 0) return "";
    return counted(total_.removed, "message") + " with their evidence" + of_unfinished(total_.unfinished) +
           "; " + counted(records_, "log record");
  }

 private:
  void drop_records(std::uint64_t below, Done done) {
    const auto work = [below](Transaction& transaction) {
      return transaction.pruning().drop_records(below, kRows);
    };
    submit<std::size_t>(messages_, work, [this, done = std::move(done)](const Result<std::size_t>& dropped) {
      if (!dropped) return done(dropped.error());
      records_ += *dropped;
      done(*dropped == kRows);
    });
  }

  const Duration retention_;
  MessageStore& messages_;
  Timestamp before_;
  MessageRow after_{};
  std::optional<std::uint64_t> records_below_;
  Counts total_;
  std::uint64_t records_ = 0;
};

class CheckpointThinning final : public Chore {
 public:
  CheckpointThinning(const Settings& settings, const Services& services)
      : origin_(settings.log_origin), messages_(services.messages) {}

  void begin(Timestamp) override { removed_ = 0; }

  void step(Done done) override {
    const auto work = [this](Transaction& transaction) {
      return transaction.pruning().thin_checkpoints(origin_, kRows);
    };
    submit<std::size_t>(messages_, work, [this, done = std::move(done)](const Result<std::size_t>& removed) {
      if (!removed) return done(removed.error());
      removed_ += *removed;
      done(*removed == kRows);
    });
  }

  std::string summary() const override { return removed_ == 0 ? "" : counted(removed_, "checkpoint"); }

 private:
  const std::string origin_;
  MessageStore& messages_;
  std::uint64_t removed_ = 0;
};

// One that is removed was not needed in two passes: a message that was being checked in between is committed
// or refused by now.
class CertificatePruning final : public Chore {
 public:
  explicit CertificatePruning(const Services& services)
      : messages_(services.messages), verifier_(services.verifier), seals_(services.seals) {}

  void begin(Timestamp) override {
    after_.reset();
    before_ = std::exchange(unneeded_, {});
    removed_ = 0;
  }

  void step(Done done) override {
    const auto found = messages_.retention().certificates(after_, kRows);
    if (found.empty()) return done(false);
    after_ = found.back().sha256;
    std::vector<Digest> candidates;
    for (const KeptCertificate& each : found) {
      if (each.used || is_at_hand(each.sha256)) continue;
      if (before_.contains(each.sha256)) {
        candidates.push_back(each.sha256);
      } else if (unneeded_.size() < kUnneeded) {
        unneeded_.insert(each.sha256);
      }
    }
    if (candidates.empty()) return done(true);
    remove(std::move(candidates), std::move(done));
  }

  std::string summary() const override { return removed_ == 0 ? "" : counted(removed_, "certificate"); }

 private:
  static constexpr std::size_t kUnneeded = 10'000;  // remembered from one pass to the next

  bool is_at_hand(const Digest& certificate) const {
    return verifier_.knows(certificate) || seals_.uses(certificate);
  }

  // Asked again inside the unit: who makes the verifier know one afterwards also puts it back.
  void remove(std::vector<Digest> candidates, Done done) {
    const auto work = [this, candidates = std::move(candidates)](Transaction& transaction) {
      const auto removes = [&](const Digest& each) {
        return !is_at_hand(each) && transaction.pruning().remove_certificate(each);
      };
      return static_cast<std::size_t>(std::count_if(candidates.begin(), candidates.end(), removes));
    };
    submit<std::size_t>(messages_, work, [this, done = std::move(done)](const Result<std::size_t>& removed) {
      if (!removed) return done(removed.error());
      removed_ += *removed;
      done(true);
    });
  }

  MessageStore& messages_;
  const SignatureVerifier& verifier_;
  const Seals& seals_;
  std::optional<Digest> after_;
  std::unordered_set<Digest> unneeded_;  // so far in this pass
  std::unordered_set<Digest> before_;    // in the last one
  std::uint64_t removed_ = 0;
};

class SpaceReturn final : public Chore {
 public:
  explicit SpaceReturn(const Services& services) : messages_(services.messages) {}

  void begin(Timestamp) override { given_ = 0; }

  void step(Done done) override {
    const auto work = [](Transaction& transaction) { return transaction.pruning().give_back(kPages); };
    submit<std::size_t>(messages_, work, [this, done = std::move(done)](const Result<std::size_t>& given) {
      if (!given) return done(given.error());
      given_ += *given;
      if (*given > 0) return done(true);
      if (given_ == 0) return done(false);
      empty_write_ahead(done);
    });
  }

  std::string summary() const override { return given_ == 0 ? "" : counted(given_, "page") + " given back"; }

 private:
  void empty_write_ahead(const Done& done) {
    const auto work = [](Transaction& transaction) {
      transaction.pruning().empty_write_ahead();
      return true;
    };
    submit<bool>(messages_, work,
                 [done](const Result<bool>& emptied) { done(emptied ? Result<bool>(false) : emptied); });
  }

  MessageStore& messages_;
  std::uint64_t given_ = 0;
};

}  // namespace

std::string counted(std::uint64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::unique_ptr<Chore> content_pruning(const Settings& settings, const Services& services) {
  return std::make_unique<ContentPruning>(settings, services);
}
std::unique_ptr<Chore> record_pruning(const Settings& settings, const Services& services) {
  return std::make_unique<RecordPruning>(settings, services);
}
std::unique_ptr<Chore> checkpoint_thinning(const Settings& settings, const Services& services) {
  return std::make_unique<CheckpointThinning>(settings, services);
}
std::unique_ptr<Chore> certificate_pruning(const Services& services) {
  return std::make_unique<CertificatePruning>(services);
}
std::unique_ptr<Chore> space_return(const Services& services) {
  return std::make_unique<SpaceReturn>(services);
}

}  // namespace tram::exchange
