#include "tests/codec/samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

namespace tram::codec::samples {
namespace {

constexpr char kFirst[] = "0193567c-8e4b-7c3a-9b1e-2f6d5a4c3b2a";

Timestamp time(std::string_view text) { return from_rfc3339(text).value(); }

Dispatch full_dispatch() {
  Dispatch d;
  d.business = BusinessKind::replace;
  d.business_reason = "Thay thế văn bản số 124 vì sai thời hạn";
  d.code = {"125", "UBND-NC"};
  d.promulgation = {"Sơn La", date(2026, 11, 24)};
  d.type = {18, "Công văn"};
  d.subject = "V/v báo cáo kết quả sắp xếp, tổ chức bộ máy \"một cửa\"\nnăm 2026";
  d.content = "Đề nghị các cơ quan báo cáo trước ngày 30/11; đường dẫn C:\\dữ liệu\tkèm theo";
  d.signer = {"KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Nguyễn Thị Hồng Hạnh"};
  d.due_date = date(2026, 12, 31);
  d.deliver_by = time("2026-11-24T18:20:11.123456Z");
  d.response_for = {
      {code("G09"), "000.00.00.G09,2026/11/02,7816/BNV-TCBC", {"7816", "BNV-TCBC"}, date(2026, 11, 2)},
      {{}, "chỉ có số hiệu", {}, {}}};
  d.steering = SteeringType::report_on_directive;
  d.paper_follows = true;
  d.to_places = {"Như trên", "Lưu: VT, NC"};
  d.application_type = "MCDT_DT";
  d.reference_codes = {"000.00.14.H20-200703-0002"};
  return d;
}

}  // namespace

AgencyCode code(std::string_view text) { return AgencyCode::parse(text).value(); }

std::chrono::year_month_day date(int year, unsigned month, unsigned day) {
  return {std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
}

Header dispatch() {
  Header out;
  Submission& s = out.submission;
  s.key = {code("H52.01"), MessageId(kFirst)};
  s.recipients = {code("G09.02"), code("H52.05"), code("H37.DN.001")};
  s.priority = Priority::express_at_hour;
  s.references = {{code("H52.01"), MessageId("cong-van-124")}};
  s.dispatch = full_dispatch();
  s.staff = {"Văn phòng", "Lò Văn Ú", "vanthu@sonla.example", "0212 000 000"};
  s.attachments = {{"Công văn 125.signed.pdf", "application/pdf", 334217, Sha256::of("a")},
                   {"Phụ lục & danh sách.xlsx",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 0, Sha256::of("b")}};
  out.signed_at = time("2026-11-24T18:20:11.123456Z");
  out.node = code("H52");
  return out;
}

Header least() {
  Header out;
  Submission& s = out.submission;
  s.key = {code("H52.01"), MessageId("1")};
  s.recipients = {code("G09.02")};
  s.dispatch.emplace();
  s.dispatch->code = {"1", "UBND"};
  s.dispatch->type.name = "Giấy mời";
  s.dispatch->subject = "Họp";
  out.signed_at = time("2026-01-01T00:00:00Z");
  out.signed_by = SignedBy::agency;
  return out;
}

Header status() {
  Header out;
  Submission& s = out.submission;
  s.key = {code("G09.02"), MessageId("status-03.0193567c")};
  s.recipients = {code("H52.01")};
  s.kind = MessageKind::status;
  s.references = {{code("H52.01"), MessageId(kFirst)}};
  s.status = {StatusCode::received, "Đã tiếp nhận, số đến 4502", time("2026-11-24T18:31:00Z")};
  s.staff = {"Văn thư", "Trần Thị B", "", ""};
  out.signed_at = time("2026-11-24T18:31:02.000001Z");
  out.node = code("G09");
  return out;
}

Header arrived() {
  Header out;
  Submission& s = out.submission;
  s.key = {code("H52.05"), MessageId("01.0193567c")};
  s.recipients = {code("H52.01")};
  s.kind = MessageKind::status;
  s.references = {{code("H52.01"), MessageId(kFirst)}};
  s.status.emplace();
  out.signed_at = time("2026-11-24T18:20:12Z");
  out.signed_by = SignedBy::node;
  out.node = code("H52");
  return out;
}

Bytes file(const std::string& name) {
  std::ifstream in(std::string(TRAM_SOURCE_DIR) + "/tests/data/" + name, std::ios::binary);
  EXPECT_TRUE(in) << name;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string unsorted_marks(std::size_t times) { return repeated("\u0300\u0316", times); }

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string test_name(std::string_view words) {
  std::string out(words);
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return out;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

}  // namespace tram::codec::samples
