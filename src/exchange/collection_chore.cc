// The chore on the content store.
#include <algorithm>
#include <deque>

#include "exchange/chores.h"

namespace tram::exchange {
namespace {

constexpr std::size_t kListed = 64;             // containers looked at in a step
constexpr std::size_t kMoved = 64;              // messages whose contents are moved in a step
constexpr std::uint64_t kMovedBytes = 4 << 20;  // in a step, but for the last message's
// A segment still being filled is not sealed: it may be mostly dead only because it has just begun.
constexpr Duration kQuiet = std::chrono::hours(1);

struct Move {
  MessageRow message{};
  ContentLocation from;
  ContentLocation to;  ///< its pin is held until the commit
};

class ContentCollection final : public Chore {
 public:
  ContentCollection(const Settings& settings, const Services& services, const DiskGuard& disk)
      : abandoned_(settings.retention.abandoned_upload),
        disk_(disk),
        messages_(services.messages),
        contents_(services.contents),
        collector_(*services.collector),
        observer_(services.observer) {}

  void begin(Timestamp now) override {
    now_ = now;
    listing_ = collector_.containers();
    waiting_.clear();
    emptied_.reset();
    removed_ = bytes_ = moved_ = 0;
  }

  void step(Done done) override {
    if (emptied_) return empty(std::move(done));
    if (waiting_.empty()) {
      auto listed = listing_->next(kListed);
      if (!listed) return done(listed.error());
      if (listed->empty()) return done(false);
      waiting_.assign(listed->begin(), listed->end());
    }
    while (!waiting_.empty() && !emptied_) {
      const Container container = std::move(waiting_.front());
      waiting_.pop_front();
      if (auto looked = look_at(container); !looked) return done(looked.error());
    }
    done(true);
  }

  std::string summary() const override {
    if (removed_ == 0 && moved_ == 0) return "";
    return counted(removed_, "container") + " of " + counted(bytes_, "byte") + ", " +
           counted(moved_, "content") + " moved";
  }

 private:
  Result<void> look_at(const Container& container) {
    switch (container.kind) {
      case Container::Kind::unfinished:
      case Container::Kind::upload:
        return is_abandoned(container) ? remove(container) : Result<void>();
      case Container::Kind::segment:
        return look_at_segment(container);
    }
    return {};
  }

  // Also of a complete one: its owner may be about to submit what names it.
  bool is_abandoned(const Container& upload) const { return upload.changed_at < now_ - abandoned_; }

  Result<void> look_at_segment(const Container& segment) {
    const bool mostly_dead = messages_.retention().use_of(segment.name).bytes * 2 < segment.bytes;
    if (segment.newest) {
      if (!mostly_dead || segment.changed_at >= now_ - kQuiet) return {};
      return collector_.seal();  // and emptied in the next pass
    }
    if (!is_used(segment)) return remove(segment);
    if (!mostly_dead || !disk_.admit()) return {};
    emptied_ = segment;
    emptied_up_to_ = MessageRow(0);
    return {};
  }

  bool is_used(const Container& container) const {
    return messages_.retention().use_of(container.name).messages > 0;
  }

  Result<void> remove(const Container& container) {
    if (is_used(container) || !collector_.offer(container) || is_used(container)) return {};
    const auto gone = collector_.remove(container);
    if (!gone) return gone.error();
    if (*gone) {
      ++removed_;
      bytes_ += container.bytes;
    }
    return {};
  }

  // Copies what is alive in a segment to the newest one; once that is committed, nobody refers to the old
  // one. A crash in between leaves both, and the copies dead.
  void empty(Done done) {
    const auto rows = messages_.retention().users_of(emptied_->name, emptied_up_to_, kMoved);
    if (rows.empty()) {
      const Container segment = *std::exchange(emptied_, std::nullopt);
      const auto removed = remove(segment);
      return done(removed ? Result<bool>(true) : removed.error());
    }
    auto moves = copy(rows);
    if (!moves) {
      observer_.note("segment not emptied", emptied_->name + ": " + moves.error().text_for_log());
      emptied_.reset();
      return done(true);
    }
    auto shared = std::make_shared<const std::vector<Move>>(*std::move(moves));
    messages_.submit(
        [shared](Transaction& transaction) -> Result<void> {
          for (const Move& each : *shared)
            transaction.pruning().move_content(each.message, each.from, each.to);
          return {};
        },
        [this, shared, done = std::move(done)](const Result<void>& committed) {
          if (!committed) return done(committed.error());
          moved_ += shared->size();
          done(true);
        });
  }

  Result<std::vector<Move>> copy(const std::vector<MessageRow>& rows) {
    std::vector<Move> moves;
    std::uint64_t bytes = 0;
    for (auto row = rows.begin(); row != rows.end() && bytes < kMovedBytes; ++row) {
      emptied_up_to_ = *row;
      const auto message = messages_.load(*row);
      if (!message) continue;  // pruned since
      for (const ContentLocation& place : message->contents) {
        if (place.container != emptied_->name) continue;
        const auto content = contents_.read(place, 0, place.length);
        if (!content) return content.error();
        auto copied = contents_.append(*content);
        if (!copied) return copied.error();
        bytes += place.length;
        moves.push_back({*row, place, *std::move(copied)});
      }
    }
    return moves;
  }

  const Duration abandoned_;
  const DiskGuard& disk_;
  MessageStore& messages_;
  ContentStore& contents_;
  ContentCollector& collector_;
  Observer& observer_;
  Timestamp now_;
  std::unique_ptr<ContainerListing> listing_;
  std::deque<Container> waiting_;
  std::optional<Container> emptied_;  // a segment at work
  MessageRow emptied_up_to_{};
  std::uint64_t removed_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t moved_ = 0;
};

}  // namespace

std::unique_ptr<Chore> content_collection(const Settings& settings, const Services& services,
                                          const DiskGuard& disk) {
  return std::make_unique<ContentCollection>(settings, services, disk);
}

}  // namespace tram::exchange
