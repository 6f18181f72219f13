#include "codec/status_proto.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "codec/text.h"

namespace tram::codec {
namespace {

constexpr char kDomain[] = "tram";
constexpr std::size_t kMaxReason = 64;  // bytes, as google.rpc.ErrorInfo
constexpr std::size_t kMaxText = 512;   // bytes
constexpr int kMaxDetails = 16;         // read of a status that others made
constexpr std::size_t kMaxViolations = 64;
constexpr std::chrono::milliseconds kLongestRetryDelay = std::chrono::hours(1);  // that others may ask for

std::string description(const Error& cause) {
  Error unnamed = cause;
  unnamed.field.clear();
  return clean_text(unnamed.text(), kMaxText);
}

google::rpc::ErrorInfo error_info(const Error& error) {
  google::rpc::ErrorInfo out;
  out.set_reason(clean_text(error.reason, kMaxReason));
  out.set_domain(kDomain);
  const auto put = [&](const char* key, const std::string& text) {
    if (!text.empty()) (*out.mutable_metadata())[key] = clean_text(text, kMaxText);
  };
  put("remedy", error.remedy);
  put("field", error.field);
  return out;
}

void add(google::rpc::BadRequest& out, const Error& cause) {
  auto& violation = *out.add_field_violations();
  violation.set_field(clean_text(cause.field, kMaxText));
  violation.set_description(description(cause));
  violation.set_reason(clean_text(cause.reason, kMaxReason));
}

void add(google::rpc::PreconditionFailure& out, const Error& cause) {
  auto& violation = *out.add_violations();
  violation.set_type(clean_text(cause.reason, kMaxReason));
  violation.set_subject(clean_text(cause.field, kMaxText));
  violation.set_description(description(cause));
}

void drop_last(google::rpc::BadRequest& out) { out.mutable_field_violations()->RemoveLast(); }
void drop_last(google::rpc::PreconditionFailure& out) { out.mutable_violations()->RemoveLast(); }

// As many causes as fit; a field of the error itself counts as one.
template <class Detail>
Detail causes_of(const Error& error, std::size_t room) {
  Detail out;
  if (error.causes.empty() && !error.field.empty()) {
    Error own = error;
    own.remedy.clear();
    add(out, own);
  }
  for (const Error& cause : error.causes) {
    add(out, cause);
    if (out.ByteSizeLong() <= room) continue;
    drop_last(out);
    break;
  }
  return out;
}

template <class Detail>
void pack_causes(google::rpc::Status& out, const Error& error) {
  constexpr std::size_t kTypeUrl = 80;  // at most, with the framing
  const std::size_t used = out.ByteSizeLong() + kTypeUrl;
  const Detail detail = causes_of<Detail>(error, kMaxStatusBytes - std::min(used, kMaxStatusBytes));
  if (detail.ByteSizeLong() > 0) out.add_details()->PackFrom(detail);
}

void read(const google::rpc::ErrorInfo& info, Error& out) {
  if (info.domain() != kDomain) return;
  out.reason = clean_text(info.reason(), kMaxReason);
  const auto text = [&](const char* key) {
    const auto at = info.metadata().find(key);
    return at == info.metadata().end() ? std::string() : clean_text(at->second, kMaxText);
  };
  out.remedy = text("remedy");
  out.field = text("field");
}

void add_cause(Error& out, const std::string& reason, const std::string& field, const std::string& message) {
  if (out.causes.size() == kMaxViolations) return;
  out.causes.push_back({out.code,
                        clean_text(reason, kMaxReason),
                        clean_text(message, kMaxText),
                        "",
                        clean_text(field, kMaxText),
                        {}});
}

void read(const google::rpc::BadRequest& detail, Error& out) {
  for (const auto& violation : detail.field_violations())
    add_cause(out, violation.reason(), violation.field(), violation.description());
}

void read(const google::rpc::PreconditionFailure& detail, Error& out) {
  for (const auto& violation : detail.violations())
    add_cause(out, violation.type(), violation.subject(), violation.description());
}

void read(const google::rpc::RetryInfo& detail, Error& out) {
  const std::int64_t wait = google::protobuf::util::TimeUtil::DurationToMilliseconds(detail.retry_delay());
  out.retry_after = std::chrono::milliseconds(std::clamp<std::int64_t>(wait, 0, kLongestRetryDelay.count()));
}

template <class Detail>
void read_if(const google::protobuf::Any& any, Error& out) {
  Detail detail;
  if (any.Is<Detail>() && any.UnpackTo(&detail)) read(detail, out);
}

Error plain(int code, std::string_view message) {
  const ErrorCode known = error_code_from_grpc(code);
  return failure(known, std::string(name(known)), clean_text(message, kMaxText));
}

}  // namespace

google::rpc::Status to_proto(const Error& error, Duration retry_after) {
  google::rpc::Status out;
  out.set_code(grpc_code(error.code));
  out.set_message(clean_text(error.message, kMaxText));
  out.add_details()->PackFrom(error_info(error));
  const bool names_wait = error.code == ErrorCode::unavailable && error.retry_after.count() > 0;
  if (error.code == ErrorCode::resource_exhausted || names_wait) {
    google::rpc::RetryInfo retry;
    const Duration wait = error.retry_after.count() > 0 ? Duration(error.retry_after) : retry_after;
    *retry.mutable_retry_delay() = google::protobuf::util::TimeUtil::MicrosecondsToDuration(wait.count());
    out.add_details()->PackFrom(retry);
  }
  if (error.code == ErrorCode::invalid_argument) {
    pack_causes<google::rpc::BadRequest>(out, error);
  } else {
    pack_causes<google::rpc::PreconditionFailure>(out, error);
  }
  return out;
}

Bytes status_details(const Error& error, Duration retry_after) {
  return to_proto(error, retry_after).SerializeAsString();
}

Error from_proto(const google::rpc::Status& status) {
  Error out = plain(status.code(), status.message());
  for (int i = 0; i < std::min(status.details_size(), kMaxDetails); ++i) {
    read_if<google::rpc::ErrorInfo>(status.details(i), out);
    read_if<google::rpc::BadRequest>(status.details(i), out);
    read_if<google::rpc::PreconditionFailure>(status.details(i), out);
    read_if<google::rpc::RetryInfo>(status.details(i), out);
  }
  return out;
}

Error error_from_status(int code, std::string_view message, BytesView details) {
  google::rpc::Status status;
  const bool whole = !details.empty() && details.size() <= 16 * kMaxStatusBytes &&
                     status.ParseFromArray(details.data(), static_cast<int>(details.size())) &&
                     status.code() == code;
  return whole ? from_proto(status) : plain(code, message);
}

}  // namespace tram::codec
