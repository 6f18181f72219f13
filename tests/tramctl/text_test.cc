#include "tramctl/text.h"

#include <gtest/gtest.h>

namespace tram::client {
namespace {

using namespace std::chrono_literals;

TEST(DurationText, ChoosesTheUnit) {
  EXPECT_EQ(duration_text(0us), "0 µs");
  EXPECT_EQ(duration_text(999us), "999 µs");
  EXPECT_EQ(duration_text(12'345us), "12.3 ms");
  EXPECT_EQ(duration_text(1'234'000us), "1.234 s");
  EXPECT_EQ(duration_text(125s), "2 min 05 s");
  EXPECT_EQ(duration_text(3h + 4min), "3 h 04 min");
  EXPECT_EQ(duration_text(51h), "2 d 03 h");
  EXPECT_EQ(duration_text(-1'500us), "-1.5 ms");
}

TEST(SizeText, ChoosesTheUnit) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(1023), "1023 B");
  EXPECT_EQ(size_text(1536), "1.5 KiB");
  EXPECT_EQ(size_text(300ULL << 20), "300.0 MiB");
  EXPECT_EQ(size_text(4ULL << 50), "4096.0 TiB");
}

TEST(TableText, AlignsByCharacters) {
  Table table({"TRẠNG THÁI", "N"});
  table.add({"đã đến", "1"});
  EXPECT_EQ(table.text(), "TRẠNG THÁI  N\nđã đến      1");
}

TEST(ShellWord, QuotesWhatNeedsIt) {
  EXPECT_EQ(shell_word("a/b.pdf"), "a/b.pdf");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("it's $(x)"), "'it'\\''s $(x)'");
  EXPECT_EQ(shell_word(""), "''");
}

TEST(Shown, KeepsTerminalsSafe) {
  EXPECT_EQ(shown("a\x1B[31m\nb"), "a [31m b");
  EXPECT_EQ(shown("a\xE2\x80\xAE"
                  "b"),
            "(text with hidden characters)");
}

}  // namespace
}  // namespace tram::client
