#include "base/turn.h"

#include <gtest/gtest.h>

#include <string>

namespace tram {
namespace {

TEST(Turn, PutsOffToItsEndInOrder) {
  std::string done;
  {
    const Turn turn;
    Turn::at_end([&] { done += "b"; });
    Turn::at_end([&] { done += "c"; });
    done += "a";
  }
  EXPECT_EQ(done, "abc");
}

TEST(Turn, OutsideOfOneNothingIsPutOff) {
  std::string done;
  Turn::at_end([&] { done += "a"; });
  EXPECT_EQ(done, "a");
}

TEST(Turn, InnerTurnsEndWithTheOuter) {
  std::string done;
  {
    const Turn outer;
    {
      const Turn inner;
      Turn::at_end([&] { done += "b"; });
    }
    done += "a";
  }
  EXPECT_EQ(done, "ab");
}

TEST(Turn, WhatIsPutOffAtTheEndComesLast) {
  std::string done;
  {
    const Turn turn;
    Turn::at_end([&] {
      Turn::at_end([&] { done += "c"; });
      done += "a";
    });
    Turn::at_end([&] { done += "b"; });
  }
  EXPECT_EQ(done, "abc");
  Turn::at_end([&] { done += "d"; });
  EXPECT_EQ(done, "abcd");
}

}  // namespace
}  // namespace tram
