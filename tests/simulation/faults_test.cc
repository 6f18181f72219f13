// Crashes at any step, broken wires, batches twice, clients that vanish: nothing lost, nothing twice.
#include <gtest/gtest.h>

#include "tests/simulation/oracle.h"

namespace tram::sim {
namespace {

constexpr int kDocuments = 6;

// One run of everything that can go wrong, in the order that the seed decides.
class Chaos {
 public:
  explicit Chaos(std::uint64_t seed) : three_(seed, std::chrono::microseconds(300)) {
    for (SimAgency* agency : {&three_.sender, &three_.neighbour, &three_.ministry})
      agency->habits().vanish = 30;
    three_.neighbour.report_statuses();
    three_.ministry.report_statuses();
    three_.network.faults = {30, 30, 50, 60, std::chrono::milliseconds(1), std::chrono::milliseconds(2)};
    three_.start();
    upload(three_.sonla, three_.sender.who(), large_);
  }

  void run() {
    for (int i = 0; i < kDocuments; ++i) {
      send(i);
      run_some();
      disturb();
    }
    for (int i = 0; i < 6; ++i) {
      run_some();
      disturb();
    }
    calm();
  }

  ThreeNodes& three() { return three_; }
  const std::vector<MessageKey>& documents() const { return documents_; }

 private:
  void send(int i) {
    Submission fields = dispatch("H52.01", "d" + std::to_string(i), {"G09.02", "H52.05"});
    if (i % 3 == 1) fields.priority = Priority::urgent;
    documents_.push_back(fields.key);
    if (i % 3 == 2) return three_.sender.send(request_uploaded(fields, {large_}));
    three_.sender.send(request(fields, {file("a.pdf", "content " + std::to_string(i))}));
  }

  void run_some() {
    for (std::uint64_t steps = three_.world.random(150); steps > 0; --steps) {
      if (!three_.world.step()) return;
    }
  }

  // A node dies or comes back, or all wires break.
  void disturb() {
    const std::uint64_t choice = three_.world.random(7);
    if (choice == 6) return three_.network.break_wires();
    SimNode& node = *three_.nodes()[choice % 3];
    node.is_up() ? node.crash() : node.start();
  }

  void calm() {
    run_some();
    three_.network.faults = {};
    for (SimAgency* agency : {&three_.sender, &three_.neighbour, &three_.ministry}) agency->habits() = {};
    for (SimNode* node : three_.nodes()) {
      if (!node->is_up()) node->start();
    }
  }

  ThreeNodes three_;
  const File large_ = file("large.pdf", Bytes(100'000, 'x'));
  std::vector<MessageKey> documents_;
};

class Faults : public testing::TestWithParam<int> {};

TEST_P(Faults, NothingIsLostAndNothingTwice) {
  for (int i = 0; i < 25; ++i) {
    const auto seed = static_cast<std::uint64_t>(GetParam() * 25 + i + 1);
    SCOPED_TRACE(seed);
    Chaos chaos(seed);
    chaos.run();
    ASSERT_TRUE(chaos.three().settle());
    expect_all_held(chaos.three(), chaos.documents());
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Faults, testing::Range(0, 8));

TEST(Seeds, OneSeedIsOneHistory) {
  const auto history = [](std::uint64_t seed) {
    Chaos chaos(seed);
    chaos.run();
    EXPECT_TRUE(chaos.three().settle());
    return chaos.three().world.history();
  };
  for (std::uint64_t seed : {3U, 77U, 1234U}) EXPECT_EQ(history(seed), history(seed)) << seed;
  EXPECT_NE(history(3), history(4));
}

}  // namespace
}  // namespace tram::sim
