// A simulated year: the files of a node stop growing, and nothing that is needed goes.
//
// A month after the longest retention everything that comes is balanced by what goes. The log's hashes alone
// grow on, 32 bytes an entry and a little.
#include "tests/exchange/year.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace tram::sim {
namespace {

constexpr int kMonths = 12;
constexpr int kDays = 30;
constexpr int kSettled = 4;  // months after which nothing grows any more

// Days of 1,000 documents with TRAM_LONG=1, of as many as TRAM_YEAR_DOCUMENTS says; else of 250.
std::uint64_t documents_a_day() {
  const char* told = std::getenv("TRAM_YEAR_DOCUMENTS");
  const long documents = told == nullptr ? 0 : std::strtol(told, nullptr, 10);
  if (documents > 0) return static_cast<std::uint64_t>(documents);
  return std::getenv("TRAM_LONG") != nullptr ? 1000 : 250;
}

void print(int month, const YearSizes& sizes) {
  const auto kib = [](std::uint64_t bytes) { return static_cast<unsigned long long>(bytes >> 10); };
  std::printf("%5d %10llu %10llu %10llu %10llu %10llu %10llu\n", month, kib(sizes.database),
              kib(sizes.hashes), kib(sizes.write_ahead), kib(sizes.segments), kib(sizes.uploads),
              static_cast<unsigned long long>(sizes.messages));
}

TEST(SimulatedYear, TheFilesStopGrowing) {
  Year year(documents_a_day());
  std::printf("%llu documents a day; KiB at the end of each month\n",
              static_cast<unsigned long long>(documents_a_day()));
  std::printf("%5s %10s %10s %10s %10s %10s %10s\n", "month", "database", "of it hash", "WAL", "segments",
              "uploads", "messages");
  YearSizes settled;
  for (int month = 1; month <= kMonths; ++month) {
    for (int day = 0; day < kDays; ++day) year.day();
    const YearSizes now = year.sizes();
    print(month, now);
    if (month == kSettled) settled = now;
    if (month <= kSettled) continue;
    // A tenth for what waits for ever and for the tiles' own rows, and where in a segment the month ends.
    EXPECT_LE(now.database - now.hashes, (settled.database - settled.hashes) * 11 / 10) << month;
    EXPECT_LE(now.segments, settled.segments * 11 / 10 + 4 * kYearSegment) << month;
    EXPECT_LE(now.uploads, settled.uploads * 11 / 10) << month;
    EXPECT_LE(now.messages, settled.messages * 11 / 10) << month;
  }
  EXPECT_GT(year.unfinished(), 0U);
  EXPECT_EQ(year.wrong(), 0U);
  const auto size = year.messages().log_size();
  EXPECT_TRUE(year.messages().prove(1, size));  // whose record went long ago
}

}  // namespace
}  // namespace tram::sim
