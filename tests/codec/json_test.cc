#include <gtest/gtest.h>

#include "codec/json_value.h"
#include "codec/json_writer.h"

namespace tram::codec {
namespace {

using Kind = JsonValue::Kind;

JsonValue parsed(BytesView json) { return parse_json(json, 1000).value(); }

TEST(Json, KindsOfNumbersAsWritten) {
  EXPECT_EQ(parsed("0").kind, Kind::integer);
  EXPECT_EQ(parsed("9223372036854775807").integer, INT64_MAX);
  EXPECT_EQ(parsed("-9223372036854775808").integer, INT64_MIN);
  for (const char* fraction : {"1.0", "1e0", "-0", "9223372036854775808", "18446744073709551616", "1e400"})
    EXPECT_EQ(parsed(fraction).kind, Kind::fraction) << fraction;
}

TEST(Json, OtherSpellingsOfNumbersAreRefused) {
  for (const char* wrong : {"+1", "01", "1.", ".5", "0x10", "NaN", "Infinity", "1_000", "--1", "1e"})
    EXPECT_FALSE(parse_json(wrong, 1000)) << wrong;
}

TEST(Json, MembersAreFoundByName) {
  const JsonValue value = parsed(R"({"a":{"b":[true,null,"x"]},"":1})");
  ASSERT_NE(value.find("a"), nullptr);
  const JsonValue* array = value.find("a")->find("b");
  ASSERT_NE(array, nullptr);
  EXPECT_TRUE(array->items.at(0).boolean);
  EXPECT_EQ(array->items.at(1).kind, Kind::null);
  EXPECT_EQ(array->items.at(2).text, "x");
  EXPECT_EQ(value.find("")->integer, 1);
  EXPECT_EQ(value.find("b"), nullptr);
  EXPECT_EQ(array->find("b"), nullptr);
}

TEST(Json, EscapesBecomeCharacters) {
  EXPECT_EQ(parsed(R"("\u1ec7\ud83d\udcdc\/\b\f\n\r\t\"\\")").text, "ệ📜/\b\f\n\r\t\"\\");
}

TEST(Json, DepthEndsAtSixteen) {
  EXPECT_TRUE(parse_json(std::string(16, '[') + std::string(16, ']'), 1000));
  EXPECT_FALSE(parse_json(std::string(17, '[') + std::string(17, ']'), 1000));
}

TEST(Json, SizesAreBounded) {
  EXPECT_TRUE(parse_json("\"" + std::string(kMaxJsonText, 'x') + "\"", 100'000));
  EXPECT_FALSE(parse_json("\"" + std::string(kMaxJsonText + 1, 'x') + "\"", 100'000));
  EXPECT_FALSE(parse_json("{\"" + std::string(200, 'x') + "\":1}", 100'000));
  std::string array = "[0";
  for (std::size_t i = 1; i < kMaxJsonArray; ++i) array += ",0";
  EXPECT_TRUE(parse_json(array + "]", 100'000));
  EXPECT_FALSE(parse_json(array + ",0]", 100'000));
  std::string object = "{\"0\":0";
  for (std::size_t i = 1; i < kMaxJsonMembers; ++i) object += ",\"" + std::to_string(i) + "\":0";
  EXPECT_TRUE(parse_json(object + "}", 100'000));
  EXPECT_FALSE(parse_json(object + ",\"x\":0}", 100'000));
}

TEST(Json, ErrorsSayWhere) {
  const auto read = parse_json(R"({"a":1,"b":tru})", 1000);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("near byte 1"), std::string::npos) << read.error().message;
  EXPECT_EQ(parse_json("[1,2", 1000).error().reason, "JSON_MALFORMED");
  EXPECT_EQ(parse_json("", 1000).error().reason, "JSON_MALFORMED");
  EXPECT_EQ(parse_json("[1,2]", 4).error().reason, "JSON_TOO_LARGE");
}

TEST(JsonWriter, WritesWhatIsReadAgain) {
  std::string every;
  for (char c = 1; c < 0x7f; ++c) every += c;
  every += "\x7f ệ📜";
  every += '\0';
  JsonWriter json;
  json.begin_object().text_member("a", every).number_member("zero", 0).true_member("no", false);
  json.true_member("yes", true)
      .name("list")
      .begin_array()
      .number(1)
      .begin_array()
      .end_array()
      .text("")
      .end_array();
  json.number_member("most", UINT64_MAX).end_object();
  const Bytes bytes = std::move(json).take();
  const JsonValue value = parsed(bytes);
  EXPECT_EQ(value.find("a")->text, every);
  EXPECT_EQ(value.find("zero"), nullptr);
  EXPECT_EQ(value.find("no"), nullptr);
  EXPECT_TRUE(value.find("yes")->boolean);
  EXPECT_EQ(value.find("list")->items.size(), 3U);
  EXPECT_TRUE(bytes.ends_with(R"(,"yes":true,"list":[1,[],""],"most":18446744073709551615})")) << bytes;
}

}  // namespace
}  // namespace tram::codec
