#include "log/note_text.h"

#include <gtest/gtest.h>

namespace tram::log {
namespace {

TEST(NoteText, AllowsUtf8AndLineBreaks) {
  for (const char* good :
       {"", "a\nb\n", "Tỉnh Sơn La", "\u2014", "\U0001F4DC", "\u07ff\u0800\uffff", "\x7f"}) {
    EXPECT_TRUE(is_note_text(good)) << good;
  }
}

TEST(NoteText, RefusesControlCharacters) {
  for (char c = 0; c < 0x20; ++c) EXPECT_EQ(is_note_text(Bytes(1, c)), c == '\n') << int{c};
}

TEST(NoteText, RefusesWhatIsNotUtf8) {
  for (const char* bad : {"\x80", "\xc3", "\xc3(", "\xe2\x80", "\xff", "\xfe", "\xf8\x88\x80\x80\x80",
                          "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf",  // overlong
                          "\xed\xa0\x80", "\xed\xbf\xbf",                              // surrogates
                          "\xf4\x90\x80\x80", "\xf7\xbf\xbf\xbf"}) {                   // above U+10FFFF
    EXPECT_FALSE(is_note_text(bad));
    EXPECT_FALSE(is_key_name(bad));
  }
}

TEST(NoteText, NamesHaveNoSpaceAndNoPlus) {
  EXPECT_TRUE(is_key_name("sonla.example/tram"));
  EXPECT_TRUE(is_key_name("sơn-la"));
  for (const char* bad : {"", "a b", "a+b", "a\tb", "a\nb", "a\u0085", "\u00a0", "\u1680", "\u2000", "\u200a",
                          "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"}) {
    EXPECT_FALSE(is_key_name(bad)) << bad;
  }
}

}  // namespace
}  // namespace tram::log
