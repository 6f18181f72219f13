#include "model/message.h"

namespace tram {

std::string_view name(StatusCode code) {
  switch (code) {
    case StatusCode::arrived:
      return "đã đến";
    case StatusCode::refused:
      return "từ chối tiếp nhận";
    case StatusCode::received:
      return "đã tiếp nhận";
    case StatusCode::assigned:
      return "phân công";
    case StatusCode::processing:
      return "đang xử lý";
    case StatusCode::completed:
      return "hoàn thành";
    case StatusCode::recall_asked:
      return "lấy lại";
    case StatusCode::recall_agreed:
      return "đồng ý lấy lại/cập nhật";
    case StatusCode::recall_refused:
      return "từ chối lấy lại/cập nhật";
  }
  return "?";
}

std::string_view name(Priority priority) {
  switch (priority) {
    case Priority::routine:
      return "thường";
    case Priority::urgent:
      return "khẩn";
    case Priority::very_urgent:
      return "thượng khẩn";
    case Priority::express:
      return "hỏa tốc";
    case Priority::express_at_hour:
      return "hỏa tốc hẹn giờ";
  }
  return "?";
}

std::string_view name(BusinessKind kind) {
  switch (kind) {
    case BusinessKind::new_document:
      return "văn bản mới";
    case BusinessKind::recall:
      return "thu hồi";
    case BusinessKind::update:
      return "cập nhật";
    case BusinessKind::replace:
      return "thay thế";
  }
  return "?";
}

std::string two_digits(StatusCode code) {
  const auto number = static_cast<unsigned>(code);
  return std::string(number < 10 ? "0" : "") + std::to_string(number);
}

Result<StatusCode> status_code_from(std::uint32_t number) {
  switch (number) {
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 13:
    case 15:
    case 16:
      return static_cast<StatusCode>(number);
    case 14:
      return StatusCode::recall_agreed;
    default:
      return invalid("status.code", "STATUS_CODE_UNKNOWN", "there is no status " + std::to_string(number),
                     "use one of 01 to 06, 13, 15, 16");
  }
}

}  // namespace tram
