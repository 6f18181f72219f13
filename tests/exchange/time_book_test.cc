#include "exchange/time_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

using exchange::Stage;
using exchange::TimeBook;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class StageObserver final : public exchange::Observer {
 public:
  void recorded(const EvidenceRecord&) override {}
  void refused(std::string_view, const MessageKey&, const Error&) override {}
  void timed(Stage stage, const MessageKey& key, Duration took) override {
    told.push_back(key.id.text() + " " + std::string(name(stage)) + " " + std::to_string(took.count()));
  }
  void link_changed(const std::string&, bool, const std::string&) override {}
  void note(std::string_view, const std::string&) override {}
  void alarm(const Alarm&, exchange::AlarmChange) override {}

  std::vector<std::string> told;
};

class TimeBookTest : public testing::Test {
 protected:
  static MessageKey key(const std::string& id) { return {code("H52.01"), MessageId(id)}; }
  static SteadyTime at(int micros) { return SteadyTime() + Duration(micros); }

  World world_{1};
  SimClock clock_{world_};
  StageObserver observer_;
  TimeBook book_{clock_, observer_};
};

TEST_F(TimeBookTest, StagesAddUpToTheTimeSinceItCame) {
  book_.begin(key("d"), at(100));
  book_.reached(Stage::queue, key("d"), at(110));
  book_.reached(Stage::sign, key("d"), at(150));
  book_.reached(Stage::queue, key("d"), at(170));
  book_.reached(Stage::commit, key("d"), at(1000));
  EXPECT_THAT(book_.times_of(key("d")),
              ElementsAre(Pair(Stage::queue, Duration(30)), Pair(Stage::sign, Duration(40)),
                          Pair(Stage::commit, Duration(830))));
  EXPECT_THAT(observer_.told, ElementsAre("d queue 10", "d sign 40", "d queue 20", "d commit 830"));
}

TEST_F(TimeBookTest, OfWhatIsNotInItNothingIsTold) {
  book_.reached(Stage::commit, key("d"));
  EXPECT_THAT(book_.times_of(key("d")), IsEmpty());
  EXPECT_THAT(observer_.told, IsEmpty());
}

TEST_F(TimeBookTest, ATimeBeforeTheLastOneIsNoTime) {
  book_.begin(key("d"), at(100));
  book_.reached(Stage::queue, key("d"), at(90));
  book_.reached(Stage::parse, key("d"), at(105));
  EXPECT_THAT(book_.times_of(key("d")), ElementsAre(Pair(Stage::parse, Duration(5))));
}

TEST_F(TimeBookTest, TheLatestAreKept) {
  for (int i = 0; i < 100'000; ++i) book_.begin(key("d" + std::to_string(i)), at(0));
  book_.begin(key("last"), at(0));
  book_.reached(Stage::queue, key("last"), at(1));
  EXPECT_THAT(book_.times_of(key("last")), ElementsAre(Pair(Stage::queue, Duration(1))));
}

}  // namespace
}  // namespace tram::sim
