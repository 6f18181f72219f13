#include "console/http_rules.h"

#include <gtest/gtest.h>

namespace tram::console {
namespace {

TEST(HttpRules, Paths) {
  EXPECT_EQ(path_of("/"), "/");
  EXPECT_EQ(path_of("/a/b?c=/d#e"), "/a/b");
  for (const char* target : {"", "*", "a", "http://h/a"}) EXPECT_EQ(path_of(target), std::nullopt) << target;
}

TEST(HttpRules, TheLongestRouteWins) {
  Routes routes;
  for (const char* key : {"/", "/log/", "/log/tile/", "/log/checkpoint"})
    routes[key] = [key](const std::string&) { return Response{.body = key}; };
  const auto found = [&](const char* path) {
    const Handler* route = find_route(routes, path);
    return route ? (*route)(path).body : "none";
  };
  EXPECT_EQ(found("/log/checkpoint"), "/log/checkpoint");
  EXPECT_EQ(found("/log/tile/0/000"), "/log/tile/");
  EXPECT_EQ(found("/log/other"), "/log/");
  EXPECT_EQ(found("/x"), "/");
  routes.erase("/");
  EXPECT_EQ(found("/x"), "none");
  EXPECT_EQ(found(""), "none");
}

TEST(HttpRules, Dates) {
  EXPECT_EQ(http_date(from_micros(784'111'777'000'000)), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110
  EXPECT_EQ(http_date(*from_rfc3339("2026-11-24T18:20:11.999999Z")), "Tue, 24 Nov 2026 18:20:11 GMT");
}

}  // namespace
}  // namespace tram::console
