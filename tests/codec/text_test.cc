#include "codec/text.h"

#include <gtest/gtest.h>

#include "codec/date.h"

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

TEST(FoldCase, MakesCaseEqual) {
  EXPECT_EQ(fold_case("CÔNG VĂN ĐẾN.PDF"), fold_case("công văn đến.pdf"));
  EXPECT_EQ(fold_case("STRASSE"), fold_case("straße"));
  EXPECT_NE(fold_case("công văn"), fold_case("cong van"));
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
