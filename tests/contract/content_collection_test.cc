// The content collector's contract: nothing is removed that is in somebody's hands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "tests/contract/stores_under_test.h"

namespace tram::contract {
namespace {

using exchange::Container;
using exchange::ContentLocation;
using Kind = Container::Kind;

/// Stands still until it is told.
class HandClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return now_; }
  [[nodiscard]] SteadyTime steady_now() const override { return SteadyTime(now_.time_since_epoch()); }
  void advance(Duration time) { now_ += time; }

 private:
  Timestamp now_ = from_micros(1'700'000'000'000'000);
};

class ContentCollection : public testing::TestWithParam<ContentStoreKind> {
 protected:
  ContentCollection() {
    options_.segment_bytes = 1000;
    options_.upload_quota = 200'000;
    options_.clock = &clock_;
    under_test_ = GetParam().make(options_);
  }
  [[nodiscard]] exchange::ContentStore& store() { return under_test_->store(); }
  [[nodiscard]] exchange::ContentCollector& collector() { return under_test_->collector(); }
  void reopen() { under_test_->reopen(); }

  [[nodiscard]] std::vector<Container> containers() {
    std::vector<Container> out;
    const auto listing = collector().containers();
    for (auto some = listing->next(2).value(); !some.empty(); some = listing->next(2).value())
      out.insert(out.end(), some.begin(), some.end());
    return out;
  }
  [[nodiscard]] Container container(const std::string& name) {
    for (const Container& each : containers())
      if (each.name == name) return each;
    ADD_FAILURE() << name << " is not listed";
    return {};
  }
  [[nodiscard]] bool is_listed(const std::string& name) {
    const auto all = containers();
    return std::any_of(all.begin(), all.end(), [&](const Container& each) { return each.name == name; });
  }
  /// Offers and removes.
  [[nodiscard]] bool collect(const Container& each) {
    return collector().offer(each) && collector().remove(each).value();
  }
  /// A segment that is full; its content's location, without a pin.
  [[nodiscard]] ContentLocation full_segment() {
    ContentLocation location = store().append(Bytes(1000, 'f')).value();
    EXPECT_TRUE(store().append("next"));
    EXPECT_TRUE(store().flush());
    location.pin.reset();
    return location;
  }
  [[nodiscard]] ContentLocation upload(const std::string& owner, const Bytes& bytes) {
    auto writer = store().resume_upload(owner, Sha256::of(bytes), bytes.size(), 0).value();
    EXPECT_TRUE(writer->write(bytes));
    EXPECT_TRUE(writer->finish()->complete);
    return store().uploaded(owner, Sha256::of(bytes), bytes.size()).value();
  }

  HandClock clock_;
  store::ContentOptions options_;

 private:
  std::unique_ptr<ContentStoreUnderTest> under_test_;
};

TEST_P(ContentCollection, EveryContainerIsListedWithItsSize) {
  const auto full = full_segment();
  const auto complete = upload("o", "hello");
  clock_.advance(std::chrono::hours(1));
  ASSERT_TRUE(store().resume_upload("o", Sha256::of("half of it"), 10, 0).value()->write("half"));
  const auto all = containers();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].name, full.container);  // the oldest segment first
  EXPECT_EQ(all[0].bytes, 1000U);
  EXPECT_EQ(all[1].kind, Kind::segment);
  EXPECT_EQ(all[1].bytes, 4U);
  const auto uploaded = container(complete.container);
  EXPECT_EQ(uploaded.kind, Kind::upload);
  EXPECT_EQ(uploaded.bytes, 5U);
  EXPECT_EQ(uploaded.changed_at, clock_.now() - std::chrono::hours(1));
  const auto unfinished = std::find_if(all.begin(), all.end(),
                                       [](const Container& each) { return each.kind == Kind::unfinished; });
  ASSERT_NE(unfinished, all.end());
  EXPECT_EQ(unfinished->changed_at, clock_.now());
  EXPECT_EQ(unfinished->bytes, 4U);
}

TEST_P(ContentCollection, WhatIsRemovedIsGoneAlsoAfterARestart) {
  const auto location = full_segment();
  ASSERT_TRUE(collect(container(location.container)));
  EXPECT_EQ(store().read(location, 0, 9).error().code, ErrorCode::data_loss);
  EXPECT_EQ(store().hold(location).error().code, ErrorCode::data_loss);
  reopen();
  EXPECT_FALSE(is_listed(location.container));
}

TEST_P(ContentCollection, APinKeepsItsContainer) {
  const auto location = full_segment();
  auto held = std::make_unique<ContentLocation>(store().hold(location).value());
  const auto copy = *held;
  held.reset();
  EXPECT_FALSE(collector().offer(container(location.container)));
  EXPECT_EQ(store().read(copy, 0, 9).value(), Bytes(9, 'f'));
}

TEST_P(ContentCollection, APinTakenLaterTakesTheOfferBack) {
  const auto location = full_segment();
  const auto offered = container(location.container);
  ASSERT_TRUE(collector().offer(offered));
  EXPECT_TRUE(store().hold(location));  // and is let go at once
  EXPECT_FALSE(collector().remove(offered).value());
  EXPECT_TRUE(store().read(location, 0, 9));
  EXPECT_TRUE(collect(offered));
}

TEST_P(ContentCollection, NothingIsRemovedThatWasNotOffered) {
  const auto location = full_segment();
  EXPECT_FALSE(collector().remove(container(location.container)).value());
  EXPECT_TRUE(store().read(location, 0, 9));
}

TEST_P(ContentCollection, WhatWasAppendedIsPinnedUntilItsLocationIsGone) {
  auto location = store().append(Bytes(1000, 'a')).value();
  ASSERT_TRUE(store().append("next"));
  ASSERT_TRUE(store().flush());
  EXPECT_FALSE(collector().offer(container(location.container)));
  location = {};
  EXPECT_TRUE(collect(containers().front()));
}

TEST_P(ContentCollection, TheSegmentBeingFilledStaysUntilItIsSealed) {
  auto location = store().append("some").value();
  ASSERT_TRUE(store().flush());
  const std::string name = std::exchange(location, {}).container;
  EXPECT_FALSE(collector().offer(container(name)));
  ASSERT_TRUE(collector().seal());
  ASSERT_TRUE(collector().seal());  // an empty one is not sealed again
  EXPECT_LE(containers().size(), 2U);
  EXPECT_TRUE(collect(container(name)));
  EXPECT_NE(store().append("more")->container, name);
}

TEST_P(ContentCollection, NamesOfSegmentsAreNeverUsedTwice) {
  std::set<std::string> names;
  for (int round = 0; round < 4; ++round) {
    auto location = store().append("some").value();
    ASSERT_TRUE(store().flush());
    EXPECT_TRUE(names.insert(location.container).second) << location.container;
    location = {};
    reopen();
    ASSERT_TRUE(collector().seal());
    for (const Container& each : containers()) static_cast<void>(collect(each));
    if (round % 2 == 0) reopen();
  }
}

TEST_P(ContentCollection, AnUploadIsRemovedAndMayComeAgain) {
  auto location = upload("o", "hello");
  EXPECT_FALSE(collector().offer(container(location.container)));
  location.pin.reset();
  ASSERT_TRUE(collect(container(location.container)));
  EXPECT_FALSE(store().upload_state("o", Sha256::of("hello"), 5)->complete);
  EXPECT_EQ(store().uploaded("o", Sha256::of("hello"), 5).error().code, ErrorCode::not_found);
  const auto again = upload("o", "hello");
  EXPECT_EQ(store().read(again, 0, 9).value(), "hello");
}

TEST_P(ContentCollection, AnUploadThatAMessageTakesUpIsNotRemoved) {
  upload("o", "hello").pin.reset();
  const auto offered = containers().back();
  ASSERT_TRUE(collector().offer(offered));
  const auto taken = store().uploaded("o", Sha256::of("hello"), 5);
  ASSERT_TRUE(taken);
  EXPECT_FALSE(collector().remove(offered).value());
  EXPECT_EQ(store().read(*taken, 0, 9).value(), "hello");
}

TEST_P(ContentCollection, AnAbandonedUploadIsRemovedAndCountsNoMore) {
  const Digest digest = Sha256::of("big");
  auto writer = store().resume_upload("o", digest, 190'000, 0).value();
  ASSERT_TRUE(writer->write("some"));
  const auto listed = [&] { return containers().at(0); };
  EXPECT_FALSE(collect(listed()));  // somebody writes it
  writer.reset();
  EXPECT_EQ(store().resume_upload("o", Sha256::of("other"), 190'000, 0).error().code,
            ErrorCode::resource_exhausted);
  reopen();
  ASSERT_TRUE(collect(listed()));
  EXPECT_EQ(store().upload_state("o", digest, 190'000)->stored, 0U);
  EXPECT_TRUE(store().resume_upload("o", Sha256::of("other"), 190'000, 0));
}

TEST_P(ContentCollection, ACompleteUploadThatIsRemovedCountsNoMore) {
  const Bytes bytes(190'000, 'x');
  {
    auto writer = store().resume_upload("o", Sha256::of(bytes), bytes.size(), 0).value();
    ASSERT_TRUE(writer->write(bytes));
    ASSERT_TRUE(writer->finish()->complete);
  }
  const auto other = [&] { return store().resume_upload("o", Sha256::of("other"), 190'000, 0); };
  EXPECT_EQ(other().error().code, ErrorCode::resource_exhausted);
  ASSERT_TRUE(collect(containers().at(0)));
  EXPECT_TRUE(other());
}

TEST_P(ContentCollection, AnUploadThatGoesOnIsNotAbandoned) {
  const Digest digest = Sha256::of("hello");
  ASSERT_TRUE(store().resume_upload("o", digest, 5, 0).value()->write("he"));
  const auto listed = containers().at(0);
  clock_.advance(std::chrono::seconds(1));
  ASSERT_TRUE(store().resume_upload("o", digest, 5, 2).value()->write("l"));
  EXPECT_FALSE(collect(listed));
  clock_.advance(std::chrono::seconds(1));
  auto writer = store().resume_upload("o", digest, 5, 3).value();
  ASSERT_TRUE(writer->write("lo"));
  EXPECT_TRUE(writer->finish()->complete);
  EXPECT_FALSE(collect(listed));
  EXPECT_TRUE(store().upload_state("o", digest, 5)->complete);
}

// Committed references stand in for the message store.
TEST_P(ContentCollection, NothingReferredToIsEverRemoved) {
  std::mutex mutex;
  std::vector<ContentLocation> committed;
  std::atomic<int> writing = 3;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        auto location = store().append(Bytes(300, static_cast<char>('a' + t))).value();
        if (i % 3 == 0) continue;  // refused after all
        ASSERT_TRUE(store().flush());
        const std::lock_guard lock(mutex);
        committed.push_back({location.container, location.offset, location.length});
      }
      --writing;
    });
  }
  const auto is_referred_to = [&](const Container& each) {
    const std::lock_guard lock(mutex);
    return std::any_of(committed.begin(), committed.end(),
                       [&](const ContentLocation& location) { return location.container == each.name; });
  };
  do {
    for (const Container& each : containers()) {
      if (!collector().offer(each) || is_referred_to(each)) continue;
      EXPECT_TRUE(collector().remove(each));
    }
  } while (writing > 0);
  for (auto& thread : threads) thread.join();
  for (const ContentLocation& location : committed) EXPECT_EQ(store().read(location, 0, 300)->size(), 300U);
}

INSTANTIATE_TEST_SUITE_P(Every, ContentCollection, testing::Values(memory_contents(), file_contents()),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace tram::contract
