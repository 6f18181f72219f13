#include "model/message.h"

#include <gtest/gtest.h>

namespace tram {
namespace {

TEST(StatusCode, FromItsNumberAndBack) {
  for (const std::uint32_t number : {1, 2, 3, 4, 5, 6, 13, 15, 16})
    EXPECT_EQ(static_cast<std::uint32_t>(status_code_from(number).value()), number);
}

TEST(StatusCode, FourteenIsFifteen) { EXPECT_EQ(status_code_from(14).value(), StatusCode::recall_agreed); }

TEST(StatusCode, OfAnotherNumberIsRefused) {
  for (const std::uint32_t number : {0U, 7U, 12U, 17U, 256U + 1U, UINT32_MAX}) {
    const auto code = status_code_from(number);
    ASSERT_FALSE(code) << number;
    EXPECT_EQ(code.error().reason, "STATUS_CODE_UNKNOWN");
  }
}

TEST(StatusCode, IsWrittenWithTwoDigits) {
  EXPECT_EQ(two_digits(StatusCode::arrived), "01");
  EXPECT_EQ(two_digits(StatusCode::completed), "06");
  EXPECT_EQ(two_digits(StatusCode::recall_refused), "16");
}

TEST(Words, AreThoseOfTheRegulations) {
  EXPECT_EQ(name(StatusCode::arrived), "đã đến");
  EXPECT_EQ(name(StatusCode::recall_agreed), "đồng ý lấy lại/cập nhật");
  EXPECT_EQ(name(Priority::routine), "thường");
  EXPECT_EQ(name(Priority::express_at_hour), "hỏa tốc hẹn giờ");
  EXPECT_EQ(name(BusinessKind::recall), "thu hồi");
}

}  // namespace
}  // namespace tram
