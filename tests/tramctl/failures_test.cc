#include "tramctl/failures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "codec/status_proto.h"
#include "tramctl/connection.h"

namespace tram::client {
namespace {

Error refused() {
  Error out = failure(ErrorCode::permission_denied, "NOT_REGISTERED", "the certificate is not registered",
                      "ask a registrar to add it");
  out.causes.push_back(invalid("recipients[1]", "AGENCY_UNKNOWN", "nobody\x1B[2J here"));
  return out;
}

TEST(ErrorText, TellsReasonRemedyAndFields) {
  EXPECT_EQ(error_text(refused()),
            "the certificate is not registered [NOT_REGISTERED]\n"
            "  what to do: ask a registrar to add it\n"
            "  recipients[1]: nobody [2J here [AGENCY_UNKNOWN]");
}

TEST(ErrorJson, HoldsTheSame) {
  const boost::json::object json = error_json(refused());
  EXPECT_EQ(json.at("code").as_string(), "PERMISSION_DENIED");
  EXPECT_EQ(json.at("reason").as_string(), "NOT_REGISTERED");
  EXPECT_EQ(json.at("causes").as_array().at(0).as_object().at("field").as_string(), "recipients[1]");
  EXPECT_FALSE(json.contains("field"));
}

TEST(NodeErrors, ANodeThatCannotBeReachedIsSaidToBeSo) {
  const Error error = error_of({grpc::StatusCode::UNAVAILABLE,
                                "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: "
                                "Failed to connect to remote host: Connection refused"});
  EXPECT_EQ(
      error.message,
      "the node cannot be reached: ipv4:127.0.0.1:1: Failed to connect to remote host: Connection refused");
  EXPECT_THAT(error.remedy, testing::HasSubstr("profile's address"));
}

TEST(NodeErrors, WhatTheNodeSaysItselfIsLeftAsItIs) {
  const Error said = failure(ErrorCode::unavailable, "DRAINING", "the node is stopping", "send it again");
  const std::string details = codec::status_details(said);
  const Error error = error_of({grpc::StatusCode::UNAVAILABLE, "the node is stopping", details});
  EXPECT_EQ(error.message, "the node is stopping");
  EXPECT_EQ(error.reason, "DRAINING");
  EXPECT_EQ(error.remedy, "send it again");
}

}  // namespace
}  // namespace tram::client
