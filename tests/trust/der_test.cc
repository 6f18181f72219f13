#include "trust/der.h"

#include <gtest/gtest.h>

#include "tests/trust/fixtures.h"

namespace tram::trust::der {
namespace {

using std::string_view_literals::operator""sv;

TEST(Der, ReadsOneElementAfterTheOther) {
  Reader reader("\x02\x01\x05\x04\x00"sv);
  EXPECT_FALSE(reader.take(kOctetString)) << "another tag consumes nothing";
  EXPECT_EQ(reader.take(kInteger), "\x05"sv);
  EXPECT_EQ(reader.take(kOctetString), ""sv);
  EXPECT_TRUE(reader.at_end());
  EXPECT_FALSE(reader.next());
}

TEST(Der, RefusesLengthsThatAreNotTheShortest) {
  const Bytes body(0x80, 'a');
  EXPECT_TRUE(only("\x04\x81\x80"sv.data() + body, kOctetString));
  EXPECT_FALSE(only(Bytes("\x04\x82\x00\x80"sv) + body, kOctetString));
  EXPECT_FALSE(only("\x04\x81\x01x"sv, kOctetString));
  EXPECT_FALSE(only("\x30\x80\x00\x00"sv, kSequence)) << "indefinite length";
  EXPECT_FALSE(only("\x04\x83\x01\x00\x00"sv, kOctetString)) << "above 65,535 bytes";
}

TEST(Der, RefusesWhatIsCutShortOrHasBytesBehind) {
  EXPECT_FALSE(only("\x04\x02x"sv, kOctetString));
  EXPECT_FALSE(only("\x04"sv, kOctetString));
  EXPECT_FALSE(only("\x04\x82\x01"sv, kOctetString));
  EXPECT_FALSE(only("\x04\x01xy"sv, kOctetString));
  EXPECT_FALSE(only("\x1F\x81\x01x"sv, 0x1F)) << "a tag of several bytes";
}

TEST(Der, WritesWhatItReads) {
  for (const std::size_t size : {0U, 1U, 127U, 128U, 255U, 256U, 65535U}) {
    const Bytes content(size, 'x');
    EXPECT_EQ(only(element(kOctetString, {content}), kOctetString), content) << size;
  }
  EXPECT_EQ(element(kSequence, {"ab", "", "c"}), "\x30\x03"sv.data() + Bytes("abc"));
}

TEST(Der, TimesAreUtcTimeUntil2049) {
  const auto round_trip = [](Timestamp time) {
    const Bytes encoded = encode_time(time);
    Reader reader(encoded);
    return decode_time(*reader.next());
  };
  for (const int year : {1950, 1999, 2000, 2026, 2049, 2050, 2100})
    EXPECT_EQ(round_trip(test::noon(year, 2, 28)), test::noon(year, 2, 28)) << year;
  EXPECT_EQ(encode_time(test::noon(2049, 12, 31)),
            "\x17\x0D"
            "491231120000Z");
  EXPECT_EQ(encode_time(test::noon(2050, 1, 1)),
            "\x18\x0F"
            "20500101120000Z");
  EXPECT_EQ(round_trip(test::noon(2026, 11, 24) + std::chrono::microseconds(999999)),
            test::noon(2026, 11, 24))
      << "rounded down";
}

TEST(Der, RefusesOtherSpellingsOfTimes) {
  const auto refused = [](std::uint8_t tag, BytesView text) { return !decode_time({tag, text, {}}); };
  EXPECT_FALSE(refused(kUtcTime, "261124182011Z"));
  EXPECT_TRUE(refused(kUtcTime, "2611241820Z")) << "no seconds";
  EXPECT_TRUE(refused(kUtcTime, "261124182011+0700"));
  EXPECT_TRUE(refused(kUtcTime, "261124182011z"));
  EXPECT_TRUE(refused(kUtcTime, "26112418201 Z"));
  EXPECT_TRUE(refused(kUtcTime, "260230182011Z")) << "30 February";
  EXPECT_TRUE(refused(kUtcTime, "261124182060Z"));
  EXPECT_TRUE(refused(kUtcTime, "261124242011Z"));
  EXPECT_TRUE(refused(kGeneralizedTime, "20261124182011Z")) << "must be UTCTime";
  EXPECT_TRUE(refused(kGeneralizedTime, "20500101120000.5Z"));
  EXPECT_TRUE(refused(kOctetString, "261124182011Z"));
}

}  // namespace
}  // namespace tram::trust::der
