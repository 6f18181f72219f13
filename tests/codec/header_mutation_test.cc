// Damaged headers: whatever is read at all is written and read again as the same values.
#include <gtest/gtest.h>

#include <random>

#include "codec/header_json.h"
#include "codec/submitted_digest.h"
#include "tests/codec/samples.h"

namespace tram::codec {
namespace {

// True if the header was read. Then writing it again must lose nothing.
bool survives(const std::string& json) {
  const auto read = read_header(json);
  if (!read) {
    EXPECT_FALSE(read.error().causes.empty());
    return false;
  }
  const auto again = read_header(write_header(*read));
  EXPECT_TRUE(again) << again.error().text() << "\n" << json;
  EXPECT_TRUE(again && *again == *read) << json;
  return true;
}

class HeaderMutation : public testing::TestWithParam<const char*> {
 protected:
  const std::string good_ = samples::file(std::string("headers/") + GetParam());
};

TEST_P(HeaderMutation, EveryBitFlipped) {
  std::size_t read = 0;
  for (std::size_t i = 0; i < good_.size() * 8; ++i) {
    std::string json = good_;
    json[i / 8] = static_cast<char>(json[i / 8] ^ (1 << (i % 8)));
    read += survives(json) ? 1 : 0;
  }
  EXPECT_GT(read, 0U);  // a letter of a subject is as good as another
  EXPECT_LT(read, good_.size() * 8);
}

TEST_P(HeaderMutation, EveryByteLeftOutOrPutTwice) {
  for (std::size_t i = 0; i < good_.size(); ++i) {
    survives(good_.substr(0, i) + good_.substr(i + 1));
    survives(good_.substr(0, i) + good_[i] + good_.substr(i));
    EXPECT_FALSE(survives(good_.substr(0, i))) << "cut at " << i;
  }
}

TEST_P(HeaderMutation, PiecesMovedAtRandom) {
  std::mt19937 random(20261124);  // one seed, one history
  const auto below = [&](std::size_t bound) { return random() % bound; };
  for (int round = 0; round < 3000; ++round) {
    std::string json = good_;
    for (std::size_t edits = 1 + below(3); edits > 0 && !json.empty(); --edits) {
      const std::size_t from = below(json.size());
      const std::string piece = json.substr(from, 1 + below(40));
      json.erase(from, below(2) * piece.size());
      json.insert(below(json.size() + 1), piece);
    }
    survives(json);
  }
}

TEST_P(HeaderMutation, EqualSubmissionsHaveEqualDigestsAndOthersHaveOthers) {
  const Submission original = read_header(good_).value().submission;
  for (std::size_t i = 0; i < good_.size() * 8; ++i) {
    std::string json = good_;
    json[i / 8] = static_cast<char>(json[i / 8] ^ (1 << (i % 8)));
    const auto read = read_header(json);
    if (!read) continue;
    EXPECT_EQ(read->submission == original, submitted_digest(read->submission) == submitted_digest(original))
        << json;
  }
}

INSTANTIATE_TEST_SUITE_P(, HeaderMutation,
                         testing::Values("dispatch.json", "least.json", "status.json", "arrived.json"),
                         [](const auto& test) { return samples::test_name(test.param); });

}  // namespace
}  // namespace tram::codec
