#include "base/clock.h"

#include <gtest/gtest.h>

namespace tram {
namespace {

TEST(Rfc3339, IsWrittenWithSixDecimals) {
  EXPECT_EQ(to_rfc3339(from_micros(0)), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(to_rfc3339(from_micros(1'795'544'411'123'456)), "2026-11-24T18:20:11.123456Z");
  EXPECT_EQ(to_rfc3339(from_micros(-1)), "1969-12-31T23:59:59.999999Z");
}

TEST(Rfc3339, ComesBackAsWritten) {
  for (const std::int64_t micros :
       {0LL, -1LL, 1LL, 951'782'400'000'000LL, 1'795'544'411'123'456LL, 253'402'300'799'999'999LL})
    EXPECT_EQ(to_micros(from_rfc3339(to_rfc3339(from_micros(micros))).value()), micros);
}

TEST(Rfc3339, IsReadWithFewerDecimals) {
  EXPECT_EQ(from_rfc3339("2026-11-24T18:20:11Z").value(), from_micros(1'795'544'411'000'000));
  EXPECT_EQ(from_rfc3339("2026-11-24T18:20:11.5Z").value(), from_micros(1'795'544'411'500'000));
  EXPECT_EQ(from_rfc3339("2024-02-29T00:00:00Z").value(), from_micros(1'709'164'800'000'000));
}

TEST(Rfc3339, OfAnotherFormIsRefused) {
  for (const char* text :
       {"", "Z", "2026-11-24", "2026-11-24T18:20:11", "2026-11-24T18:20:11+07:00", "2026-11-24t18:20:11z",
        "2026-11-24 18:20:11Z", "2026-11-24T18:20:11.Z", "2026-11-24T18:20:11.1234567Z",
        "2026-11-24T18:20:11,5Z", "2026-11-24T18:20:11.-5Z", "2026-11-24T18:20:11ZZ", " 2026-11-24T18:20:11Z",
        "2026-11-24T18:20Z", "+026-11-24T18:20:11Z", "2026-11-24T18:20:11.123456ZZ"})
    EXPECT_FALSE(from_rfc3339(text)) << text;
}

TEST(Rfc3339, ThatDoesNotExistIsRefused) {
  for (const char* text :
       {"2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z"})
    EXPECT_FALSE(from_rfc3339(text)) << text;
}

TEST(Rfc3339, ErrorsAreShortHoweverLongTheText) {
  const auto read = from_rfc3339(std::string(100'000, 'x'));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::invalid_argument);
  EXPECT_LT(read.error().text().size(), 200U);
}

TEST(SystemClock, GoesForward) {
  const SystemClock clock;
  EXPECT_LT(from_rfc3339("2024-01-01T00:00:00Z").value(), clock.now());
  const SteadyTime before = clock.steady_now();
  EXPECT_LE(before, clock.steady_now());
}

}  // namespace
}  // namespace tram
