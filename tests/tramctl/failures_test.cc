#include "tramctl/failures.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>

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

}  // namespace
}  // namespace tram::client
