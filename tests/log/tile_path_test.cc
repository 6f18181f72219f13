#include "log/tile_path.h"

#include <gtest/gtest.h>

#include <limits>

namespace tram::log {
namespace {

struct Case {
  TilePath path;
  std::string text;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> list = {
      {{0, 0, 256}, "tile/0/000"},
      {{0, 273, 112}, "tile/0/273.p/112"},
      {{1, 1, 17}, "tile/1/001.p/17"},
      {{2, 0, 1}, "tile/2/000.p/1"},
      {{0, 1234067, 256}, "tile/0/x001/x234/067"},
      {{63, 1000, 255}, "tile/63/x001/000.p/255"},
      {{std::nullopt, 1234067, 256}, "tile/entries/x001/x234/067"},
      {{std::nullopt, 5, 8}, "tile/entries/005.p/8"},
      {{0, std::numeric_limits<std::uint64_t>::max(), 256}, "tile/0/x018/x446/x744/x073/x709/x551/615"},
  };
  return list;
}

TEST(TilePath, FormatsAndParses) {
  for (const Case& each : cases()) {
    EXPECT_EQ(format_tile_path(each.path), each.text);
    const auto parsed = parse_tile_path(each.text);
    ASSERT_TRUE(parsed) << each.text;
    EXPECT_EQ(*parsed, each.path);
  }
}

TEST(TilePath, RefusesEveryOtherSpelling) {
  for (const char* bad : {"",
                          "/",
                          "tile",
                          "tile/",
                          "tile/0",
                          "tile/0/",
                          "tile//000",
                          "/tile/0/000",
                          "tile/0/0",
                          "tile/0/00",
                          "tile/0/0000",
                          "tile/0/x000/001",
                          "tile/0/001/",
                          "tile/0/x001",
                          "tile/0/001/002",
                          "tile/0/x001/x002",
                          "tile/0/x1/002",
                          "tile/00/000",
                          "tile/64/000",
                          "tile/-1/000",
                          "tile/+1/000",
                          "tile/entry/000",
                          "tile/0/000.p",
                          "tile/0/000.p/",
                          "tile/0/000.p/0",
                          "tile/0/000.p/256",
                          "tile/0/000.p/01",
                          "tile/0/000.p/1/",
                          "tile/0/000.p/1.p/1",
                          "tile/0/.p/1",
                          "tile/0/../000",
                          "tile/0/000 ",
                          "tile/0/0a0",
                          "tile/0/X001/000",
                          "tile/0/x018/x446/x744/x073/x709/x551/616",
                          "tile/0/x001/x018/x446/x744/x073/x709/x551/615",
                          "tile/0/000\n"}) {
    EXPECT_FALSE(parse_tile_path(bad)) << bad;
  }
}

}  // namespace
}  // namespace tram::log
