#include "codec/status_proto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tram::codec {
namespace {

Error two_causes(ErrorCode code) {
  Error out = failure(code, "FIELDS_MALFORMED", "the fields are not well formed", "correct them");
  out.causes = {
      invalid("recipients[2]", "AGENCY_CODE_MALFORMED", "\"?\" is not an agency code", "write H52.01"),
      invalid("subject", "FIELD_EMPTY", "must not be empty")};
  return out;
}

TEST(GrpcCode, OfEveryErrorComesBack) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::unauthenticated); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    EXPECT_NE(grpc_code(code), 0);
    EXPECT_EQ(error_code_from_grpc(grpc_code(code)), code);
  }
}

TEST(GrpcCode, HasTheStandardNumbers) {
  EXPECT_EQ(grpc_code(ErrorCode::invalid_argument), 3);
  EXPECT_EQ(grpc_code(ErrorCode::permission_denied), 7);
  EXPECT_EQ(grpc_code(ErrorCode::failed_precondition), 9);
  EXPECT_EQ(grpc_code(ErrorCode::unavailable), 14);
  EXPECT_EQ(grpc_code(ErrorCode::unauthenticated), 16);
}

TEST(GrpcCode, UnknownToUsIsNeverSuccess) {
  EXPECT_EQ(error_code_from_grpc(4), ErrorCode::unavailable);        // DEADLINE_EXCEEDED
  EXPECT_EQ(error_code_from_grpc(11), ErrorCode::invalid_argument);  // OUT_OF_RANGE
  EXPECT_EQ(error_code_from_grpc(2), ErrorCode::internal);           // UNKNOWN
  EXPECT_EQ(error_code_from_grpc(0), ErrorCode::internal);
  EXPECT_EQ(error_code_from_grpc(-5), ErrorCode::internal);
}

TEST(Status, CarriesReasonRemedyAndFields) {
  for (const ErrorCode code : {ErrorCode::invalid_argument, ErrorCode::failed_precondition}) {
    const Error read = from_proto(to_proto(two_causes(code)));
    EXPECT_EQ(read.code, code);
    EXPECT_EQ(read.reason, "FIELDS_MALFORMED");
    EXPECT_EQ(read.message, "the fields are not well formed");
    EXPECT_EQ(read.remedy, "correct them");
    ASSERT_EQ(read.causes.size(), 2U);
    EXPECT_EQ(read.causes[0].field, "recipients[2]");
    EXPECT_EQ(read.causes[0].reason, "AGENCY_CODE_MALFORMED");
    EXPECT_EQ(read.causes[0].message, "\"?\" is not an agency code (write H52.01)");
    EXPECT_EQ(read.causes[1].field, "subject");
  }
}

TEST(Status, HasTheStandardDetails) {
  const google::rpc::Status malformed = to_proto(two_causes(ErrorCode::invalid_argument));
  ASSERT_EQ(malformed.details_size(), 2);
  EXPECT_EQ(malformed.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  EXPECT_EQ(malformed.details(1).type_url(), "type.googleapis.com/google.rpc.BadRequest");
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(malformed.details(0).UnpackTo(&info));
  EXPECT_EQ(info.domain(), "tram");
  EXPECT_EQ(info.metadata().at("remedy"), "correct them");
  const google::rpc::Status policy = to_proto(two_causes(ErrorCode::failed_precondition));
  EXPECT_EQ(policy.details(1).type_url(), "type.googleapis.com/google.rpc.PreconditionFailure");
}

TEST(Status, OfOneFieldNamesItInBothPlaces) {
  const google::rpc::Status status = to_proto(invalid("key.id", "MESSAGE_ID_MALFORMED", "no id"));
  google::rpc::BadRequest bad;
  ASSERT_TRUE(status.details(1).UnpackTo(&bad));
  EXPECT_EQ(bad.field_violations(0).field(), "key.id");
  EXPECT_EQ(from_proto(status).field, "key.id");
}

TEST(Status, UnderLoadSaysHowLongToWait) {
  const auto status =
      to_proto(failure(ErrorCode::resource_exhausted, "BUSY", "busy"), std::chrono::milliseconds(250));
  google::rpc::RetryInfo retry;
  ASSERT_EQ(status.details_size(), 2);
  ASSERT_TRUE(status.details(1).UnpackTo(&retry));
  EXPECT_EQ(retry.retry_delay().seconds(), 0);
  EXPECT_EQ(retry.retry_delay().nanos(), 250'000'000);
}

TEST(Status, TheTimeToWaitIsReadBack) {
  Error error = failure(ErrorCode::resource_exhausted, "QUOTA_DOCUMENTS", "too many");
  error.retry_after = std::chrono::milliseconds(12'345);
  EXPECT_EQ(from_proto(to_proto(error)).retry_after, error.retry_after);
  error.retry_after = std::chrono::hours(1000);
  EXPECT_EQ(from_proto(to_proto(error)).retry_after, std::chrono::hours(1));
  EXPECT_EQ(from_proto(to_proto(failure(ErrorCode::unavailable, "DRAINING", "stops"))).retry_after.count(),
            0);
}

TEST(Status, ARetryDelayOutOfBoundsIsNotBelieved) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(-315'576'000'000);
  google::rpc::Status status;
  status.set_code(8);
  status.add_details()->PackFrom(retry);
  EXPECT_EQ(from_proto(status).retry_after.count(), 0);
  retry.mutable_retry_delay()->set_seconds(315'576'000'000);
  status.mutable_details(0)->PackFrom(retry);
  EXPECT_EQ(from_proto(status).retry_after, std::chrono::hours(1));
}

TEST(Status, OfEndlessCausesFitsTheMetadata) {
  Error error = two_causes(ErrorCode::invalid_argument);
  for (int i = 0; i < 500; ++i)
    error.causes.push_back(
        invalid(std::string(1000, 'f'), std::string(1000, 'R'), std::string(5000, '\xff')));
  const Bytes details = status_details(error);
  EXPECT_LE(details.size(), kMaxStatusBytes);
  const Error read = error_from_status(3, "ignored", details);
  EXPECT_GE(read.causes.size(), 3U);
  EXPECT_LT(read.causes.size(), 500U);
  error.message.assign(100'000, 'm');
  error.remedy.assign(100'000, 'r');
  error.reason.assign(100'000, 'R');
  error.field.assign(100'000, 'f');
  EXPECT_LE(status_details(error).size(), kMaxStatusBytes);
}

TEST(Status, IsReadFromACallWithDamagedOrForeignDetails) {
  const Bytes details = status_details(two_causes(ErrorCode::invalid_argument));
  EXPECT_EQ(error_from_status(3, "x", details).reason, "FIELDS_MALFORMED");
  for (const Bytes& damaged : {Bytes(), Bytes("\xff\xff"), details.substr(0, details.size() - 3)}) {
    const Error read = error_from_status(14, "the peer is gone", damaged);
    EXPECT_EQ(read.code, ErrorCode::unavailable);
    EXPECT_EQ(read.reason, "UNAVAILABLE");
    EXPECT_EQ(read.message, "the peer is gone");
  }
  EXPECT_EQ(error_from_status(14, "x", details).code, ErrorCode::unavailable) << "details of another code";
}

TEST(Status, OfAnotherDomainGivesNoReasonOfOurs) {
  google::rpc::ErrorInfo info;
  info.set_reason("FIELDS_MALFORMED");
  info.set_domain("example.com");
  google::rpc::Status status;
  status.set_code(3);
  status.add_details()->PackFrom(info);
  EXPECT_EQ(from_proto(status).reason, "INVALID_ARGUMENT");
}

}  // namespace
}  // namespace tram::codec
