#include "base/encoding.h"

#include <gtest/gtest.h>

namespace tram {
namespace {

Bytes every_byte() {
  Bytes out;
  for (int i = 0; i < 256; ++i) out += static_cast<char>(i);
  return out;
}

TEST(Hex, OfEveryByteComesBack) { EXPECT_EQ(from_hex(to_hex(every_byte())).value(), every_byte()); }

TEST(Hex, IsLowerCaseAndReadInBoth) {
  EXPECT_EQ(to_hex("\xab\x01"), "ab01");
  EXPECT_EQ(from_hex("aB01").value(), "\xab\x01");
  EXPECT_EQ(from_hex("").value(), "");
}

TEST(Hex, OfAnotherFormIsRefused) {
  for (const char* text : {"a", "abc", "0g", "0x12", " 12", "1 2 "}) EXPECT_FALSE(from_hex(text)) << text;
}

// The examples of RFC 4648 section 10.
TEST(Base64, IsThatOfTheRfc) {
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text).value(), bytes);
  }
}

TEST(Base64, OfEveryByteComesBackAtEveryLength) {
  const Bytes bytes = every_byte();
  for (std::size_t length = 0; length <= bytes.size(); ++length)
    EXPECT_EQ(from_base64(to_base64(bytes.substr(0, length))).value(), bytes.substr(0, length));
}

TEST(Base64, OfAnotherFormIsRefused) {
  for (const char* text :
       {"Zg", "Zg=", "Z===", "====", "Zg==\n", "Zm9v Zm9v", "Zm9-", "Zm_v", "=Zm9", "Zg==Zg=="})
    EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Base64, WithBitsBehindTheEndIsRefused) {
  EXPECT_FALSE(from_base64("Zh=="));  // two texts for one value
  EXPECT_FALSE(from_base64("Zm9="));
}

TEST(PercentEncode, LeavesUnreservedCharactersAlone) {
  EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encode(""), "");
}

TEST(PercentEncode, WritesAllElseAsUpperCaseOctets) {
  EXPECT_EQ(percent_encode("a b/c%"), "a%20b%2Fc%25");
  EXPECT_EQ(percent_encode("văn"), "v%C4%83n");
  EXPECT_EQ(percent_encode(BytesView("\0\xff", 2)), "%00%FF");
  for (const char c : std::string_view("!*'();:@&=+$,/?#[]\"<>\\^`{|}"))
    EXPECT_EQ(percent_encode({&c, 1}).size(), 3U) << c;
}

}  // namespace
}  // namespace tram
