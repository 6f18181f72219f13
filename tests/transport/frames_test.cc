#include "transport/frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tram/v1/exchange.pb.h>

#include <numeric>
#include <string>

namespace tram::transport::test {
namespace {

v1::SendRequest with_content(std::uint64_t number, std::size_t bytes) {
  v1::SendRequest request;
  request.set_request(number);
  request.add_contents()->set_inline_(std::string(bytes, 'x'));
  return request;
}

std::deque<v1::SendRequest> queue_of(std::uint64_t messages, std::size_t bytes) {
  std::deque<v1::SendRequest> queue;
  for (std::uint64_t number = 1; number <= messages; ++number) queue.push_back(with_content(number, bytes));
  return queue;
}

TEST(Frames, TakeWhatWaitsInOrder) {
  auto queue = queue_of(3, 10);
  v1::SendRequest frame = next_frame(queue, true);
  EXPECT_TRUE(queue.empty());
  std::vector<std::uint64_t> numbers;
  for_each_message(frame, [&](const v1::SendRequest& one) { numbers.push_back(one.request()); });
  EXPECT_THAT(numbers, testing::ElementsAre(1, 2, 3));
}

TEST(Frames, AreOfOneMessageForWhoDidNotAsk) {
  auto queue = queue_of(3, 10);
  EXPECT_EQ(messages_in(next_frame(queue, false)), 1);
  EXPECT_EQ(queue.size(), 2U);
}

TEST(Frames, BearSoManyMessagesAndBytes) {
  auto many = queue_of(kFrameMessages + 5, 1);
  EXPECT_EQ(messages_in(next_frame(many, true)), kFrameMessages);
  EXPECT_EQ(many.size(), 5U);
  auto large = queue_of(4, kFrameBytes / 3);
  EXPECT_EQ(messages_in(next_frame(large, true)), 2);
  auto too_large = queue_of(2, 2 * kFrameBytes);
  EXPECT_EQ(messages_in(next_frame(too_large, true)), 1) << "one goes all the same";
}

TEST(Frames, EachByteIsOfOneMessage) {
  v1::SendRequest frame = with_content(1, 1000);
  for (std::uint64_t number = 2; number <= 4; ++number) *frame.add_more() = with_content(number, 100'000);
  const auto sizes = message_sizes(frame, frame.ByteSizeLong());
  ASSERT_EQ(sizes.size(), 4U);
  EXPECT_LT(sizes[0], 1100U);
  EXPECT_GT(sizes[3], 100'000U);
  EXPECT_EQ(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}), frame.ByteSizeLong());
  EXPECT_THAT(message_sizes(v1::SendRequest(), 7), testing::ElementsAre(7));
}

TEST(Frames, HaveNoFramesInside) {
  v1::SendRequest frame = with_content(1, 1);
  *frame.add_more() = with_content(2, 1);
  EXPECT_TRUE(well_framed(frame));
  *frame.mutable_more(0)->add_more() = with_content(3, 1);
  EXPECT_FALSE(well_framed(frame));
}

}  // namespace
}  // namespace tram::transport::test
