// The content store's contract.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/contract/stores_under_test.h"

namespace tram::contract {
namespace {

using exchange::ContentLocation;
using exchange::UploadState;

class ContentStoreContract : public testing::TestWithParam<ContentStoreKind> {
 protected:
  ContentStoreContract() {
    store::ContentOptions options;
    options.segment_bytes = 1000;
    options.upload_quota = 1 << 20;
    options.open_files = 2;
    under_test_ = GetParam().make(options);
  }
  [[nodiscard]] exchange::ContentStore& store() { return under_test_->store(); }
  void reopen() { under_test_->reopen(); }
  [[nodiscard]] Bytes read_all(const ContentLocation& location) {
    return store().read(location, 0, location.length).value();
  }
  /// Uploads all of it in one go; what finish() said.
  Result<UploadState> upload(const std::string& owner, const Bytes& bytes) {
    auto upload = store().resume_upload(owner, Sha256::of(bytes), bytes.size(), 0);
    if (!upload) return upload.error();
    if (const auto written = (*upload)->write(bytes); !written) return written.error();
    return (*upload)->finish();
  }

 private:
  std::unique_ptr<ContentStoreUnderTest> under_test_;
};

Bytes some_bytes(std::size_t size, char seed) {
  Bytes out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(seed + static_cast<char>(i * 7 % 101));
  return out;
}

TEST_P(ContentStoreContract, AppendedContentIsReadBackAcrossSegmentsAndRestarts) {
  std::vector<ContentLocation> locations;
  for (char seed = 0; seed < 20; ++seed) locations.push_back(store().append(some_bytes(400, seed)).value());
  EXPECT_EQ(read_all(locations[19]), some_bytes(400, 19));  // before the flush, too
  ASSERT_TRUE(store().flush());
  EXPECT_NE(locations.front().container, locations.back().container);
  for (const int round : {0, 1}) {
    for (char seed = 0; seed < 20; ++seed)
      EXPECT_EQ(read_all(locations[static_cast<std::size_t>(seed)]), some_bytes(400, seed)) << round;
    reopen();
  }
  const auto next = store().append("after the restart").value();
  EXPECT_NE(next.container, locations.back().container);  // a torn tail is never appended to
  EXPECT_EQ(read_all(next), "after the restart");
}

TEST_P(ContentStoreContract, ReadsStayInsideTheLocation) {
  const auto first = store().append("first").value();
  const auto second = store().append("second").value();
  EXPECT_EQ(store().read(first, 1, 3).value(), "irs");
  EXPECT_EQ(store().read(first, 3, 99).value(), "st");
  EXPECT_EQ(store().read(first, 5, 99).value(), "");
  EXPECT_EQ(store().read(first, 99, 99).value(), "");
  EXPECT_EQ(store().read(second, 0, 99).value(), "second");
  EXPECT_EQ(read_all(store().append("").value()), "");
}

TEST_P(ContentStoreContract, WhatIsGoneIsDataLoss) {
  const auto location = store().append("here").value();
  EXPECT_EQ(store().read({location.container, location.offset, 9999}, 0, 9999).error().code,
            ErrorCode::data_loss);
  EXPECT_EQ(store().read({"s-0000009999", 0, 4}, 0, 4).error().code, ErrorCode::data_loss);
  EXPECT_EQ(store().read({"../../etc/passwd", 0, 4}, 0, 4).error().code, ErrorCode::data_loss);
}

TEST_P(ContentStoreContract, AnUploadIsCompleteWhenItsDigestIsRight) {
  const Bytes bytes = some_bytes(5000, 1);
  EXPECT_EQ(store().uploaded("o", Sha256::of(bytes), 5000).error().code, ErrorCode::not_found);
  const auto finished = upload("o", bytes);
  ASSERT_TRUE(finished) << finished.error().text();
  EXPECT_TRUE(finished->complete);
  EXPECT_EQ(finished->stored, 5000U);
  for (const int round : {0, 1}) {
    EXPECT_TRUE(store().upload_state("o", Sha256::of(bytes), 5000)->complete) << round;
    const auto location = store().uploaded("o", Sha256::of(bytes), 5000);
    ASSERT_TRUE(location) << round;
    EXPECT_EQ(read_all(*location), bytes);
    reopen();
  }
}

TEST_P(ContentStoreContract, ACompleteUploadTakesNoMoreAndFinishesAgain) {
  const Bytes bytes = some_bytes(50, 1);
  ASSERT_TRUE(upload("o", bytes));
  EXPECT_EQ(store().resume_upload("o", Sha256::of(bytes), 50, 0).error().code,
            ErrorCode::failed_precondition);
  auto again = store().resume_upload("o", Sha256::of(bytes), 50, 50).value();
  EXPECT_FALSE(again->write("x"));
  EXPECT_TRUE(again->finish()->complete);
}

TEST_P(ContentStoreContract, AnUploadResumesWhereItStopped) {
  const Bytes bytes = some_bytes(3000, 2);
  const Digest digest = Sha256::of(bytes);
  for (const std::size_t from : {0, 1000, 2000}) {
    auto upload = store().resume_upload("o", digest, 3000, from);
    ASSERT_TRUE(upload) << upload.error().text();
    ASSERT_TRUE((*upload)->write(BytesView(bytes).substr(from, 1000)));
    if (from == 0) {
      const auto state = (*upload)->finish();
      EXPECT_EQ(state->stored, 1000U);
      EXPECT_FALSE(state->complete);
    }
    if (from == 2000) {
      EXPECT_TRUE((*upload)->finish()->complete);
      break;
    }
    upload->reset();
    EXPECT_EQ(store().upload_state("o", digest, 3000)->stored, from + 1000);
    if (from == 1000) reopen();
  }
  EXPECT_EQ(read_all(store().uploaded("o", digest, 3000).value()), bytes);
}

TEST_P(ContentStoreContract, AnUploadGoesOnOnlyWhereItStopped) {
  const Digest digest = Sha256::of("hello");
  const auto at = [&](std::uint64_t offset) { return store().resume_upload("o", digest, 5, offset); };
  EXPECT_EQ(at(3).error().code, ErrorCode::failed_precondition);
  EXPECT_TRUE(at(0).value()->write("he"));
  EXPECT_EQ(at(0).error().code, ErrorCode::failed_precondition);
  EXPECT_EQ(at(3).error().code, ErrorCode::failed_precondition);
  EXPECT_TRUE(at(2));
}

TEST_P(ContentStoreContract, AWrongDigestDiscardsTheUpload) {
  const Digest digest = Sha256::of("hello");
  {
    auto upload = store().resume_upload("o", digest, 5, 0).value();
    ASSERT_TRUE(upload->write("jello"));
    const auto finished = upload->finish();
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(finished.error().reason, "DIGEST_MISMATCH");
  }
  EXPECT_EQ(store().upload_state("o", digest, 5)->stored, 0U);
  EXPECT_FALSE(store().uploaded("o", digest, 5));
  EXPECT_TRUE(upload("o", "hello")->complete);
}

TEST_P(ContentStoreContract, MoreThanAnnouncedIsRefused) {
  auto upload = store().resume_upload("o", Sha256::of("hello"), 5, 0).value();
  ASSERT_TRUE(upload->write("hel"));
  EXPECT_EQ(upload->write("lo!").error().code, ErrorCode::invalid_argument);
  ASSERT_TRUE(upload->write("lo"));
  EXPECT_TRUE(upload->finish()->complete);
}

TEST_P(ContentStoreContract, OneWriterAnUpload) {
  const Digest digest = Sha256::of("hello");
  auto first = store().resume_upload("o", digest, 5, 0).value();
  EXPECT_EQ(store().resume_upload("o", digest, 5, 0).error().code, ErrorCode::aborted);
  first.reset();
  EXPECT_TRUE(store().resume_upload("o", digest, 5, 0));
}

TEST_P(ContentStoreContract, OwnersNeverSeeEachOthersUploads) {
  ASSERT_TRUE(upload("alice", "hello")->complete);
  EXPECT_EQ(store().upload_state("bob", Sha256::of("hello"), 5)->stored, 0U);
  EXPECT_EQ(store().uploaded("bob", Sha256::of("hello"), 5).error().code, ErrorCode::not_found);
  EXPECT_EQ(store().uploaded("alice", Sha256::of("hello"), 6).error().code, ErrorCode::not_found);
}

TEST_P(ContentStoreContract, AnyTextNamesAnOwner) {
  for (const std::string& owner : {std::string("../../../tmp/x"), std::string("a\0b", 3), std::string("a"),
                                   std::string(5000, '/'), std::string()}) {
    ASSERT_TRUE(upload(owner, "hello")->complete);
    EXPECT_EQ(read_all(store().uploaded(owner, Sha256::of("hello"), 5).value()), "hello");
  }
}

TEST_P(ContentStoreContract, AnEmptyUploadIsComplete) {
  const auto finished = upload("o", "");
  ASSERT_TRUE(finished);
  EXPECT_TRUE(finished->complete);
  EXPECT_EQ(read_all(store().uploaded("o", Sha256::of(""), 0).value()), "");
}

TEST_P(ContentStoreContract, AnOwnersUnusedUploadsHaveAQuota) {
  const std::uint64_t quota = 1 << 20;
  const std::uint64_t least = 64 << 10;  // that an upload counts for
  const auto begin = [&](const std::string& owner, const std::string& name, std::uint64_t size) {
    return store().resume_upload(owner, Sha256::of(name), size, 0);
  };
  ASSERT_TRUE(begin("o", "one", quota - least));
  EXPECT_EQ(begin("o", "two", least + 1).error().code, ErrorCode::resource_exhausted);
  EXPECT_TRUE(begin("p", "two", least + 1));
  ASSERT_TRUE(upload("o", "hello")->complete);  // the last of it
  EXPECT_EQ(begin("o", "three", 1).error().code, ErrorCode::resource_exhausted);
  ASSERT_TRUE(store().uploaded("o", Sha256::of("hello"), 5));  // a message uses it
  EXPECT_TRUE(begin("o", "three", 1));
  EXPECT_EQ(begin("o", "huge", ~std::uint64_t{0}).error().code, ErrorCode::resource_exhausted);
}

TEST_P(ContentStoreContract, ManySmallUploadsHaveTheSameQuota) {
  const auto put = [&](int number) { return upload("o", std::to_string(number)); };
  for (int number = 0; number < 16; ++number) ASSERT_TRUE(put(number)) << number;
  EXPECT_EQ(put(16).error().reason, "UPLOAD_QUOTA");
  ASSERT_TRUE(store().uploaded("o", Sha256::of("3"), 1));
  EXPECT_TRUE(put(16));
}

TEST_P(ContentStoreContract, ManyThreadsAppendFlushAndRead) {
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (char t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const Bytes bytes = some_bytes(100 + static_cast<std::size_t>(i), t);
        const auto location = store().append(bytes);
        if (location && store().flush() && read_all(*location) == bytes) ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 200);
}

INSTANTIATE_TEST_SUITE_P(Every, ContentStoreContract, testing::Values(memory_contents(), file_contents()),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace tram::contract
