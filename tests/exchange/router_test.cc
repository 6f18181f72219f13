#include "exchange/router.h"

#include <gtest/gtest.h>

#include "tests/support/three_nodes.h"

namespace tram::sim {
namespace {

using exchange::Behind;
using exchange::Here;
using exchange::Nowhere;

class RouterTest : public testing::Test {
 protected:
  // "here", "nowhere" or the link.
  std::string route(const std::string& agency) {
    const exchange::Router router(settings);
    const auto found = router.route(code(agency));
    if (std::holds_alternative<Here>(found)) return "here";
    if (const auto* behind = std::get_if<Behind>(&found)) return behind->link;
    return "nowhere";
  }
  exchange::Settings settings;
};

TEST_F(RouterTest, TheLongestPrefixWins) {
  settings.links = {link("tinh", "H52", {"H52"}), link("so", "H53", {"H52.01"})};
  EXPECT_EQ(route("H52"), "tinh");
  EXPECT_EQ(route("H52.02"), "tinh");
  EXPECT_EQ(route("H52.01"), "so");
  EXPECT_EQ(route("H52.01.003"), "so");
  EXPECT_EQ(route("G09"), "nowhere");
}

TEST_F(RouterTest, PrefixesEndWithAGroup) {
  settings.links = {link("so", "H53", {"H52.1"})};
  EXPECT_EQ(route("H52.1.2"), "so");
  EXPECT_EQ(route("H52.10"), "nowhere");
}

TEST_F(RouterTest, TheDefaultRouteIsTheLastResort) {
  settings.authoritative = codes({"H52"});
  settings.links = {link("truc", "H01", {"*"}), link("noivu", "G09", {"G09"})};
  EXPECT_EQ(route("H52.01"), "here");
  EXPECT_EQ(route("G09.02"), "noivu");
  EXPECT_EQ(route("G10"), "truc");
}

TEST_F(RouterTest, OurOwnPrefixWinsOverAnEqualOne) {
  settings.authoritative = codes({"H52"});
  settings.links = {link("other", "H53", {"H52"})};
  EXPECT_EQ(route("H52.01"), "here");
}

TEST_F(RouterTest, ALongerPrefixOfALinkWinsOverOurs) {
  settings.authoritative = codes({"H52"});
  settings.links = {link("huyen", "H53", {"H52.20"})};
  EXPECT_EQ(route("H52.20.01"), "huyen");
  EXPECT_EQ(route("H52.21"), "here");
}

TEST_F(RouterTest, LinkTowards) {
  settings.authoritative = codes({"H52"});
  settings.links = {link("truc", "H01", {"*"})};
  const exchange::Router router(settings);
  EXPECT_EQ(router.link_towards(code("G09.02")), "truc");
  EXPECT_EQ(router.link_towards(code("H52.01")), "");
}

}  // namespace
}  // namespace tram::sim
