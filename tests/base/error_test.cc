#include "base/error.h"

#include <gtest/gtest.h>

#include <set>

namespace tram {
namespace {

TEST(ErrorCode, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorCode::unauthenticated); ++i)
    EXPECT_TRUE(names.insert(name(static_cast<ErrorCode>(i))).second);
  EXPECT_TRUE(names.contains("INVALID_ARGUMENT"));
  EXPECT_TRUE(names.contains("FAILED_PRECONDITION"));
}

TEST(Error, TextTellsFieldRemedyAndEveryCause) {
  Error error = failure(ErrorCode::failed_precondition, "X", "the signature is bad", "sign again");
  error.causes = {invalid("subject", "FIELD_EMPTY", "must not be empty"),
                  failure(ErrorCode::internal, "Y", "and worse")};
  EXPECT_EQ(error.text(), "the signature is bad (sign again): subject: must not be empty; and worse");
}

TEST(Error, APlaceIsForTheLogAlone) {
  Error error = failure(ErrorCode::resource_exhausted, "DISK_FULL", "the disk is full", "make room");
  EXPECT_EQ(error.text_for_log(), error.text());
  error.place = "cannot write /srv/a: No space left on device";
  error.causes = {failure(ErrorCode::internal, "Y", "and worse")};
  error.causes[0].place = "/srv/b";
  EXPECT_EQ(error.text(), "the disk is full (make room): and worse");
  EXPECT_EQ(error.text_for_log(),
            "cannot write /srv/a: No space left on device: the disk is full (make room): and worse; /srv/b");
}

TEST(Error, InvalidNamesItsField) {
  const Error error = invalid("recipients[2]", "AGENCY_CODE_MALFORMED", "no code", "write one");
  EXPECT_EQ(error.code, ErrorCode::invalid_argument);
  EXPECT_EQ(error.field, "recipients[2]");
  EXPECT_EQ(error.reason, "AGENCY_CODE_MALFORMED");
}

TEST(Result, ThrowsItsErrorWhenTheValueIsAskedFor) {
  const Result<int> result = failure(ErrorCode::not_found, "X", "no such thing");
  try {
    static_cast<void>(result.value());
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "no such thing");
  }
}

}  // namespace
}  // namespace tram
