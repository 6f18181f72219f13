#include "tramctl/retry.h"

#include <gtest/gtest.h>

namespace tram::client {
namespace {

TEST(Retry, IsNeverSoonerThanTheNodeAsksFor) {
  const GlobalOptions globals;
  const Context context(globals);
  Retry retry(context, std::chrono::seconds(60));
  Error error = failure(ErrorCode::resource_exhausted, "QUOTA_DOCUMENTS", "too many");
  error.retry_after = std::chrono::minutes(5);
  EXPECT_FALSE(retry.again(error)) << "it is not worth waiting for";
}

TEST(Retry, IsOfWhatMayPassAlone) {
  for (const ErrorCode code :
       {ErrorCode::unavailable, ErrorCode::resource_exhausted, ErrorCode::aborted, ErrorCode::cancelled})
    EXPECT_TRUE(may_retry(failure(code, "X", "x")));
  for (const ErrorCode code :
       {ErrorCode::already_exists, ErrorCode::permission_denied, ErrorCode::invalid_argument})
    EXPECT_FALSE(may_retry(failure(code, "X", "x")));
}

}  // namespace
}  // namespace tram::client
