// Messages as the agencies mean them: pure values, no encoding. The vocabulary is that of QCVN 102:2016/BTTTT
// and Decree 30/2020/NĐ-CP.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/identifier.h"
#include "base/sha256.h"
#include "model/agency_code.h"

namespace tram {

/// The sender's own identifier of a message: 1 to 64 of [0-9A-Za-z._-], not beginning with '.'; so it can
/// name a file. A UUID version 7 is best: ids made in order are stored in order.
using MessageId = Identifier<struct MessageIdTag>;

/// What a message is known by, everywhere and for ever.
struct MessageKey {
  AgencyCode sender;
  MessageId id;
  auto operator<=>(const MessageKey&) const = default;
};

enum class MessageKind : std::uint8_t { dispatch = 1, status = 2 };

/// BussinessDocType. Recall, update and replace name earlier messages in `references`.
enum class BusinessKind : std::uint8_t { new_document = 0, recall = 1, update = 2, replace = 3 };

/// Độ khẩn: thường, khẩn, thượng khẩn, hỏa tốc, hỏa tốc hẹn giờ.
enum class Priority : std::uint8_t {
  routine = 0,
  urgent = 1,
  very_urgent = 2,
  express = 3,
  express_at_hour = 4
};

/// Status codes of the national axis. 14, written by some senders, is read as 15.
enum class StatusCode : std::uint8_t {
  arrived = 1,          ///< 01 đã đến
  refused = 2,          ///< 02 từ chối tiếp nhận
  received = 3,         ///< 03 đã tiếp nhận
  assigned = 4,         ///< 04 phân công
  processing = 5,       ///< 05 đang xử lý
  completed = 6,        ///< 06 hoàn thành
  recall_asked = 13,    ///< 13 lấy lại
  recall_agreed = 15,   ///< 15 đồng ý lấy lại/cập nhật
  recall_refused = 16,  ///< 16 từ chối lấy lại/cập nhật
};

/// SteeringType: whether the document directs others to act.
enum class SteeringType : std::uint8_t {
  unspecified = 0,
  not_directive = 1,
  directive = 2,
  report_on_directive = 3
};

/// Số / ký hiệu: "125" and "UBND-NC".
struct DocumentCode {
  std::string number;
  std::string notation;
  bool operator==(const DocumentCode&) const = default;
};

/// One of the types of Decree 30/2020. Numbering differs between vendors: the name is what counts.
struct DocumentType {
  std::uint32_t number = 0;
  std::string name;
  bool operator==(const DocumentType&) const = default;
};

struct Promulgation {
  std::string place;
  std::optional<std::chrono::year_month_day> date;
  bool operator==(const Promulgation&) const = default;
};

/// Who signed the paper: "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Nguyễn Văn A".
struct SignerInfo {
  std::string competence;
  std::string position;
  std::string full_name;
  bool operator==(const SignerInfo&) const = default;
};

/// An earlier document this one answers (ResponseFor). `id` may be one from another system.
struct ResponseFor {
  AgencyCode agency;
  std::string id;
  DocumentCode code;
  std::optional<std::chrono::year_month_day> date;
  bool operator==(const ResponseFor&) const = default;
};

/// An attached file. The name is NFC, free of controls and separators, unique after case folding.
struct Attachment {
  std::string name;
  std::string media_type;
  std::uint64_t size = 0;
  Digest sha256;
  bool operator==(const Attachment&) const = default;
};

/// Who at the agency stands behind a status or a recall.
struct StaffInfo {
  std::string department;
  std::string staff;
  std::string email;
  std::string mobile;
  bool operator==(const StaffInfo&) const = default;
};

/// The fields of a dispatch (văn bản).
struct Dispatch {
  BusinessKind business = BusinessKind::new_document;
  std::string business_reason;  ///< why it is recalled, updated or replaced
  DocumentCode code;
  Promulgation promulgation;
  DocumentType type;
  std::string subject;  ///< trích yếu
  std::string content;  ///< a summary; the document itself is an attachment
  SignerInfo signer;
  std::optional<std::chrono::year_month_day> due_date;  ///< hạn xử lý
  std::optional<Timestamp> deliver_by;  ///< the hour of hỏa tốc hẹn giờ; a deadline, never a reason to wait
  std::vector<ResponseFor> response_for;
  SteeringType steering = SteeringType::unspecified;
  bool paper_follows = false;                ///< bản giấy
  std::vector<std::string> to_places;        ///< nơi nhận
  std::string application_type;              ///< e.g. MCDT_DT for one-stop dossiers
  std::vector<std::string> reference_codes;  ///< dossier numbers
  bool operator==(const Dispatch&) const = default;
};

/// The fields of a status message; it goes to the sender of the one message in `references`.
struct Status {
  StatusCode code = StatusCode::arrived;
  std::string description;
  std::optional<Timestamp> time;
  bool operator==(const Status&) const = default;
};

/// What the sender submits: all that "same content" means.
struct Submission {
  MessageKey key;
  std::vector<AgencyCode> recipients;
  MessageKind kind = MessageKind::dispatch;
  Priority priority = Priority::routine;
  std::string secrecy;                 ///< must be empty: state secrets do not travel here
  std::vector<MessageKey> references;  ///< messages this one names and must not overtake
  std::optional<Dispatch> dispatch;    ///< exactly when kind is dispatch
  std::optional<Status> status;        ///< exactly when kind is status
  StaffInfo staff;
  std::vector<Attachment> attachments;
  bool operator==(const Submission&) const = default;
};

/// Whose key signed. The difference binds: a seal does not bind the agency against its own operator.
enum class SignedBy : std::uint8_t {
  agency = 1,  ///< by the agency itself, before the node saw it
  seal = 2,    ///< by a seal the agency entrusted to the node
  node = 3,    ///< by the node's own seal; only for status 01 of agencies behind it
};

/// The signed header: the submission and what its maker added.
struct Header {
  std::uint32_t version = 1;
  Submission submission;
  Timestamp signed_at;
  SignedBy signed_by = SignedBy::seal;
  AgencyCode node;  ///< the sealing node; empty when the agency signed
  bool operator==(const Header&) const = default;
};

/// Vietnamese names as people read them: "đã đến", "hỏa tốc".
[[nodiscard]] std::string_view name(StatusCode code);
[[nodiscard]] std::string_view name(Priority priority);
[[nodiscard]] std::string_view name(BusinessKind kind);
/// "01" … "16".
[[nodiscard]] std::string two_digits(StatusCode code);
/// Reads a code's number; 14 becomes 15. Errors: INVALID_ARGUMENT.
[[nodiscard]] Result<StatusCode> status_code_from(std::uint32_t number);

}  // namespace tram
