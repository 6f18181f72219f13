#include "model/agency_code.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace tram {
namespace {

AgencyCode code(std::string_view text) { return AgencyCode::parse(text).value(); }

TEST(AgencyCode, OfTheNewFormStaysAsItIs) {
  for (const char* text : {"H52", "G09", "A01", "H52.01", "H37.02.02", "H37.DN.001", "H29.0", "H00.00",
                           "H52.ABCDEFGHIJKLMNOPQRSTUVWXYZABCDE"})
    EXPECT_EQ(code(text).text(), text);
}

TEST(AgencyCode, OfTheOldFormIsTurnedRound) {
  EXPECT_EQ(code("000.00.00.H52").text(), "H52");
  EXPECT_EQ(code("000.00.01.H52").text(), "H52.01");
  EXPECT_EQ(code("000.02.01.H52").text(), "H52.01.02");
  EXPECT_EQ(code("003.02.01.H52").text(), "H52.01.02.003");
  EXPECT_EQ(code("000.00.14.H20").text(), "H20.14");
}

TEST(AgencyCode, ZeroGroupsAboveAUsedOneStay) {
  EXPECT_EQ(code("001.00.00.H52").text(), "H52.00.00.001");
  EXPECT_EQ(code("000.05.00.H52").text(), "H52.00.05");
}

TEST(AgencyCode, DifferentOldCodesStayDifferent) {
  std::unordered_set<AgencyCode> seen;
  for (const char* text : {"000.00.00.H52", "000.00.01.H52", "000.01.00.H52", "001.00.00.H52",
                           "000.01.01.H52", "001.01.00.H52", "001.00.01.H52", "001.01.01.H52"})
    EXPECT_TRUE(seen.insert(code(text)).second) << text;
}

TEST(AgencyCode, OfNeitherFormIsRefused) {
  for (const char* text : {"",
                           "H",
                           "H5",
                           "h52",
                           "H5A",
                           "52H",
                           "HH2",
                           "H521",
                           "H52.",
                           ".H52",
                           "H52..01",
                           "H52.01.",
                           "H52.a",
                           "H52.0-1",
                           "H52 ",
                           " H52",
                           "H52.01 ",
                           "H52\n",
                           "H52/01",
                           "H52.Đ1",
                           "H52.ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF",
                           "00.00.01.H52",
                           "000.00.01.h52",
                           "000.00.1.H52",
                           "000.00.AA.H52",
                           "0000.00.01.H52",
                           "000.00.01.H52.",
                           "000-00-01-H52"})
    EXPECT_FALSE(AgencyCode::parse(text)) << text;
  EXPECT_FALSE(AgencyCode::parse(std::string_view("H52\0", 4)));
}

TEST(AgencyCode, ErrorsNameTheTextAndBothForms) {
  const Error error = AgencyCode::parse("h52").error();
  EXPECT_EQ(error.reason, "AGENCY_CODE_MALFORMED");
  EXPECT_NE(error.message.find("\"h52\""), std::string::npos);
  EXPECT_NE(error.remedy.find("H52.01"), std::string::npos);
  EXPECT_LT(AgencyCode::parse(std::string(100'000, 'x')).error().text().size(), 300U);
}

TEST(AgencyCode, LiesWithinItselfAndWhatIsAboveByWholeGroups) {
  EXPECT_TRUE(code("H52").within(code("H52")));
  EXPECT_TRUE(code("H52.01").within(code("H52")));
  EXPECT_TRUE(code("H52.01.02").within(code("H52.01")));
  EXPECT_FALSE(code("H52").within(code("H52.01")));
  EXPECT_FALSE(code("H52.011").within(code("H52.01")));
  EXPECT_FALSE(code("H53.01").within(code("H52")));
}

TEST(AgencyCode, NothingLiesWithinNoAgency) {
  EXPECT_FALSE(code("H52").within(AgencyCode()));
  EXPECT_FALSE(AgencyCode().within(AgencyCode()));
  EXPECT_FALSE(AgencyCode().within(code("H52")));
}

TEST(AgencyCode, ParentIsOneGroupUp) {
  EXPECT_EQ(code("H52.01.02").parent(), code("H52.01"));
  EXPECT_EQ(code("H52.01").parent(), code("H52"));
  EXPECT_TRUE(code("H52").parent().empty());
  EXPECT_TRUE(AgencyCode().parent().empty());
}

}  // namespace
}  // namespace tram
