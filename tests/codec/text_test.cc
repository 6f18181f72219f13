#include "codec/text.h"

#include <gtest/gtest.h>

#include "codec/date.h"
#include "tests/codec/samples.h"

namespace tram::codec {
namespace {

TEST(Nfc, ComposesVietnameseHoweverItWasTyped) {
  EXPECT_EQ(to_nfc("Tie\u0302\u0301ng Vie\u0323\u0302t"), "Tiếng Việt");
  EXPECT_EQ(to_nfc("Tiê\u0301ng Viê\u0323t"), "Tiếng Việt");
  EXPECT_EQ(to_nfc("Tiếng Việt"), "Tiếng Việt");
  EXPECT_EQ(to_nfc("plain.txt"), "plain.txt");
  EXPECT_EQ(to_nfc(""), "");
}

TEST(Nfc, OfWhatIsNotUtf8IsNothing) {
  EXPECT_EQ(to_nfc("\xc3("), std::nullopt);
  EXPECT_EQ(to_nfc("\xed\xa0\x80"), std::nullopt);  // a surrogate
}

TEST(Nfc, IsMadeOfTheLongestNameHoweverItWasTyped) {
  using samples::repeated;
  EXPECT_EQ(to_nfc(repeated("e\u0323\u0302", 200)), repeated("ệ", 200));
  // No character is made of more than four.
  EXPECT_EQ(to_nfc(repeated("\u03b1\u0313\u0300\u0345", 200)), repeated("\u1f82", 200));
}

TEST(Nfc, PutsMarksInOrderAndLeavesThoseOfOneClassInTheirs) {
  EXPECT_EQ(to_nfc("Vie\u0302\u0323t"), "Việt");
  EXPECT_EQ(to_nfc("q\u0301\u0323\u0300\u0324x\u0301"), "q\u0323\u0324\u0301\u0300x\u0301");
  EXPECT_EQ(to_nfc("q\u0f75\u0f74"), "q\u0f71\u0f74\u0f74") << "a mark made of two";
  EXPECT_EQ(to_nfc("q" + samples::unsorted_marks(400 - 1)),
            "q" + samples::repeated("\u0316", 399) + samples::repeated("\u0300", 399));
}

TEST(Nfc, OfWhatIsTooLongForANameIsNothing) {
  EXPECT_EQ(to_nfc(samples::repeated("\u03b1\u0313\u0300\u0345", 200) + "x"), std::nullopt);
  EXPECT_EQ(to_nfc(samples::unsorted_marks(1 << 19)), std::nullopt);
  EXPECT_EQ(to_nfc(std::string(kMaxNormalised + 1, 'x')), std::string(kMaxNormalised + 1, 'x'));
}

TEST(FoldCase, MakesCaseEqual) {
  EXPECT_EQ(fold_case("CÔNG VĂN ĐẾN.PDF"), fold_case("công văn đến.pdf"));
  EXPECT_EQ(fold_case("STRASSE"), fold_case("straße"));
  EXPECT_NE(fold_case("công văn"), fold_case("cong van"));
}

TEST(FoldCase, LeavesWhatIsTooLongForAName) {
  const std::string longest = samples::repeated("\u00c0", kMaxNormalised);
  EXPECT_EQ(fold_case(longest), samples::repeated("\u00e0", kMaxNormalised));
  EXPECT_EQ(fold_case(longest + "A"), longest + "A");
  const std::string marks = samples::unsorted_marks(1 << 19);
  EXPECT_TRUE(fold_case(marks) == marks);
}

TEST(HiddenCharacters, AreFound) {
  for (const char* hidden : {"a\tb", "a\u202eb", "a\u200bb", "\ufeffa", "a\u2028b", "a\u0085b", "a\u00adb"})
    EXPECT_TRUE(has_hidden_characters(hidden)) << hidden;
  EXPECT_FALSE(has_hidden_characters("Công văn số 125 (bản chính) – đã ký.pdf"));
}

TEST(CleanText, CutsBetweenCharacters) {
  EXPECT_EQ(clean_text("việt", 4), "vi");
  EXPECT_EQ(clean_text("việt", 5), "việ");
  EXPECT_EQ(clean_text("việt", 100), "việt");
  EXPECT_EQ(clean_text("việt", 0), "");
}

TEST(CleanText, ReplacesWhatCannotBeShown) {
  EXPECT_EQ(clean_text("a\xff\xfe z", 100), "a\ufffd\ufffd z");
  EXPECT_EQ(clean_text("vi\xe1\xbb", 100), "vi\ufffd\ufffd") << "a character cut in two";
  EXPECT_EQ(clean_text("one\r\ntwo\x7f", 100), "one  two ");
}

TEST(Date, ComesBackAsWritten) {
  for (const char* text : {"2026-11-24", "2024-02-29", "0001-01-01", "9999-12-31"})
    EXPECT_EQ(to_text(date_from(text).value()), text);
}

TEST(Date, OfAnotherFormOrThatDoesNotExistIsNone) {
  for (const char* text :
       {"", "2026-2-30", "2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026/01/01",
        "26-01-01", "2026-01-01Z", "+026-01-01", "2026-01- 1", "-001-01-01"})
    EXPECT_EQ(date_from(text), std::nullopt) << text;
}

}  // namespace
}  // namespace tram::codec
