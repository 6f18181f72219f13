#include "transport/elements.h"

#include <gtest/gtest.h>
#include <tram/v1/exchange.pb.h>

#include <string>

#include "transport/limits.h"
#include "transport/wire_message.h"

namespace tram::transport::test {
namespace {

bool few(const std::string& bytes, std::size_t most) {
  const grpc::Slice slice(bytes);
  grpc::ByteBuffer buffer(&slice, 1);
  return has_few_elements(buffer, *v1::SendRequest::descriptor(), most);
}

std::string repeated(const std::string& bytes, std::size_t times) {
  std::string out;
  while (times-- > 0) out += bytes;
  return out;
}

TEST(Elements, AreCountedInAllLevels) {
  v1::SendRequest frame;
  frame.set_request(1);                                // 1
  frame.mutable_fields()->add_recipients("H52.05");    // 2
  frame.mutable_fields()->add_recipients("G09.02");    // 1
  frame.add_contents()->set_inline_("bytes");          // 2
  auto& more = *frame.add_more();                      // 1
  more.set_request(2);                                 // 1
  more.mutable_fields()->mutable_key()->set_id("id");  // 3
  const std::string bytes = frame.SerializeAsString();
  EXPECT_TRUE(few(bytes, 11));
  EXPECT_FALSE(few(bytes, 10));
  EXPECT_TRUE(few("", 0));
}

TEST(Elements, WhatIsNoMessageHasNotFew) {
  EXPECT_FALSE(few(std::string("\x2a\x05\x08", 3), 100)) << "a submessage longer than what is there";
  EXPECT_FALSE(few(std::string("\x2a\x02\x08", 3), 100)) << "and one that is cut off";
  EXPECT_FALSE(few(std::string("\x0b\x0c", 2), 100)) << "a group";
  EXPECT_FALSE(few(std::string("\x12\xff\xff\xff\xff\x7f", 6), 100)) << "a length of no sense";
}

// Levels do not recurse without end: `more` inside `more`.
TEST(Elements, DepthIsBounded) {
  v1::SendRequest frame;
  for (int depth = 0; depth < 100; ++depth) {
    v1::SendRequest outer;
    *outer.add_more() = std::move(frame);
    frame = std::move(outer);
  }
  EXPECT_FALSE(few(frame.SerializeAsString(), 1000));
}

TEST(Elements, ManyEmptySubmessagesAreNotRead) {
  for (const char* empty : {"\x2a\0", "\x22\0"}) {  // more, contents
    const std::string bytes = repeated(std::string(empty, 2), kMaxElements + 1);
    const grpc::Slice slice(bytes);
    grpc::ByteBuffer buffer(&slice, 1);
    v1::SendRequest message;
    EXPECT_FALSE(parse(buffer, message));
    EXPECT_LT(message.SpaceUsedLong(), 1024U);
  }
}

}  // namespace
}  // namespace tram::transport::test
