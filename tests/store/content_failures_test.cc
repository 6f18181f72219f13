// The content store above a disk that fails or loses power at every step: what was answered reads byte for
// byte, and whatever else is left harms nobody.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <map>

#include "store/content/disk.h"
#include "store/content/file_content_store.h"
#include "tests/contract/temporary_folder.h"
#include "tests/store/failing_disk.h"

namespace tram::store {
namespace {

using exchange::ContentLocation;
using Failure = FailingDisk::Failure;
using PowerCut = FailingDisk::PowerCut;
using Verdict = FailingDisk::Verdict;

constexpr const char* kOwner = "H52.01";

/// Passes on what the model allows; real syncs are left out. Without a model all is allowed. One thread.
class DiskUnderTest final : public Disk {
 public:
  explicit DiskUnderTest(FailingDisk* model) : model_(model) {}

  int open(const char* path, int flags, mode_t mode) override {
    if (model_ != nullptr && (flags & O_CREAT) != 0 && !answer(model_->create(path), 0)) return -1;
    const int descriptor = Disk::open(path, flags, mode);
    if (descriptor >= 0) paths_[descriptor] = path;
    return descriptor;
  }
  ssize_t write(int descriptor, const char* bytes, std::size_t size, off_t offset) override {
    if (model_ == nullptr) return Disk::write(descriptor, bytes, size, offset);
    const Verdict verdict =
        model_->write(paths_[descriptor], static_cast<std::uint64_t>(offset), BytesView(bytes, size));
    if (verdict.apply && Disk::write(descriptor, bytes, verdict.bytes, offset) < 0) return -1;
    // What the kernel tells of a half-written piece is its length; the error comes at the next call.
    if (verdict.error == ENOSPC && verdict.bytes > 0) return static_cast<ssize_t>(verdict.bytes);
    return answer(verdict, 0) ? static_cast<ssize_t>(size) : -1;
  }
  int sync(int descriptor) override {
    return model_ == nullptr || answer(model_->sync(paths_[descriptor], false), 0) ? 0 : -1;
  }
  int rename(const char* from, const char* to) override {
    if (model_ == nullptr) return Disk::rename(from, to);
    const Verdict verdict = model_->rename(from, to);
    const int done = verdict.apply ? Disk::rename(from, to) : 0;
    return answer(verdict, done) ? 0 : -1;
  }
  int unlink(const char* path) override {
    if (model_ == nullptr) return Disk::unlink(path);
    const Verdict verdict = model_->remove(path, false);
    const int done = verdict.apply ? Disk::unlink(path) : 0;
    return answer(verdict, done) ? 0 : -1;
  }
  int sync_folder(const char* path) override {
    return model_ == nullptr || answer(model_->sync_folder(path), 0) ? 0 : -1;
  }

 private:
  static bool answer(const Verdict& verdict, int done) {
    if (verdict.error != 0) errno = verdict.error;
    return verdict.error == 0 && done == 0;
  }

  FailingDisk* const model_;
  std::map<int, std::string> paths_;  // of open descriptors
};

ContentOptions options_on(Disk& disk) {
  ContentOptions options;
  options.segment_bytes = 20'000;
  options.disk = &disk;
  return options;
}

Bytes content(int number, std::size_t size) {
  Bytes out;
  while (out.size() < size)
    out += "content " + std::to_string(number) + " at " + std::to_string(out.size()) + "; ";
  out.resize(size);
  return out;
}

/// One process' life: appends, flushes and uploads, and tries again what was refused.
class ContentLife {
 public:
  explicit ContentLife(FailingDisk& model) : model_(model), disk_(&model) {}

  void live() {
    auto store = FileContentStore::open(folder_.path(), options_on(disk_));
    if (!store) return model_.stop();
    for (int i = 0; i < 6 && !model_.stopped(); ++i) {
      append(**store, content(i, 9'000));
      upload(**store, content(100 + i, 50'000));
      if (i % 2 == 1) flush(**store);
    }
  }

  /// What was answered durably.
  [[nodiscard]] const std::vector<std::pair<ContentLocation, Bytes>>& promised() const { return promised_; }
  [[nodiscard]] const std::string& folder() const { return folder_.path(); }
  [[nodiscard]] int errors() const { return errors_; }

 private:
  void append(FileContentStore& store, const Bytes& bytes) {
    const auto place = store.append(bytes);
    if (place) {
      appended_.emplace_back(*place, bytes);
    } else {
      ++errors_;
    }
  }

  // As the message store does: a failed one ends the process.
  void flush(FileContentStore& store) {
    if (const auto flushed = store.flush(); !flushed) {
      ++errors_;
      return model_.stop();
    }
    promised_.insert(promised_.end(), appended_.begin(), appended_.end());
    appended_.clear();
  }

  // As a client does: goes on where the store says, in pieces, and refers to what the store has.
  void upload(FileContentStore& store, const Bytes& bytes) {
    const Digest digest = Sha256::of(bytes);
    for (int attempt = 0; attempt < 4 && !model_.stopped(); ++attempt) {
      const auto state = store.upload_state(kOwner, digest, bytes.size());
      if (state && !state->complete) send(store, bytes, state->stored, attempt);
      if (!state) ++errors_;
      if (const auto place = store.uploaded(kOwner, digest, bytes.size())) {
        promised_.emplace_back(*place, bytes);
        return;
      }
    }
  }

  void send(FileContentStore& store, const Bytes& bytes, std::uint64_t offset, int attempt) {
    auto upload = store.resume_upload(kOwner, Sha256::of(bytes), bytes.size(), offset);
    while (upload && offset < bytes.size()) {
      const BytesView piece = BytesView(bytes).substr(offset, 20'000);
      if (const auto written = (*upload)->write(piece); !written) break;
      offset += piece.size();
      if (attempt == 0 && offset >= 40'000) return;  // the connection breaks
    }
    if (!upload || offset < bytes.size() || !(*upload)->finish()) ++errors_;
  }

  FailingDisk& model_;
  DiskUnderTest disk_;
  const contract::TemporaryFolder folder_;
  std::vector<std::pair<ContentLocation, Bytes>> appended_;
  std::vector<std::pair<ContentLocation, Bytes>> promised_;
  int errors_ = 0;
};

/// The oracle: opens what a life left, reads, and goes on.
void check(const std::string& folder, const ContentLife& life, bool may_have_holes) {
  DiskUnderTest disk(nullptr);
  const auto opened = FileContentStore::open(folder, options_on(disk));
  ASSERT_TRUE(opened) << opened.error().text();
  FileContentStore& store = **opened;
  for (const auto& [place, bytes] : life.promised()) {
    const auto read = store.read(place, 0, bytes.size());
    ASSERT_TRUE(read) << place.container << ": " << read.error().text();
    ASSERT_TRUE(*read == bytes) << place.container;
  }
  for (int i = 0; i < 6; ++i) {
    const Bytes bytes = content(100 + i, 50'000);
    const Digest digest = Sha256::of(bytes);
    auto state = store.upload_state(kOwner, digest, bytes.size()).value();
    for (int attempt = 0; attempt < 2 && !state.complete; ++attempt) {
      auto upload = store.resume_upload(kOwner, digest, bytes.size(), state.stored).value();
      ASSERT_TRUE(upload->write(BytesView(bytes).substr(state.stored)));
      const auto finished = upload->finish();
      // Bytes that were never said to be durable may be missing in the middle: found, and sent once more.
      ASSERT_TRUE(finished || (may_have_holes && attempt == 0)) << finished.error().text();
      state = finished ? *finished : exchange::UploadState{};
    }
    const auto place = store.uploaded(kOwner, digest, bytes.size());
    ASSERT_TRUE(place);
    ASSERT_TRUE(store.read(*place, 0, bytes.size()).value() == bytes);
  }
  const auto place = store.append("after").value();
  ASSERT_TRUE(store.flush());
  EXPECT_EQ(store.read(place, 0, 5).value(), "after");
}

TEST(ContentFailures, PowerIsCutAfterEveryStep) {
  FailingDisk model;
  ContentLife life(model);
  model.after_step = [&] {
    if (testing::Test::HasFailure()) return;
    for (const PowerCut cut : {PowerCut::drops_all, PowerCut::tears_last, PowerCut::keeps_subset}) {
      SCOPED_TRACE("step " + std::to_string(model.steps()) + ", power cut " +
                   std::to_string(static_cast<int>(cut)));
      const contract::TemporaryFolder image;
      model.leave(life.folder(), image.path(), cut, model.steps());
      check(image.path(), life, cut != PowerCut::drops_all);
    }
  };
  life.live();
  EXPECT_EQ(life.errors(), 0);
  EXPECT_EQ(life.promised().size(), 12U);
}

class ContentFailuresEach : public testing::TestWithParam<Failure> {};

TEST_P(ContentFailuresEach, OneStepFails) {
  FailingDisk whole;
  ContentLife undisturbed(whole);
  undisturbed.live();
  const bool no_space = GetParam() == Failure::full || GetParam() == Failure::half_full;
  int errors = 0;
  for (std::uint64_t step = 1; step <= whole.steps() && !HasFailure(); ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    FailingDisk model;
    model.fail(step, step + (no_space ? step % 40 : 0), GetParam());
    ContentLife life(model);
    life.live();
    errors += life.errors();
    const contract::TemporaryFolder image;
    model.leave(life.folder(), image.path(), PowerCut::drops_all, step);
    check(image.path(), life, false);
    check(life.folder(), life, false);
  }
  EXPECT_GT(errors, 20);
}

std::string name_of(const testing::TestParamInfo<Failure>& tested) {
  switch (tested.param) {
    case Failure::lost:
      return "lost";
    case Failure::kept:
      return "kept";
    case Failure::ignored:
      return "ignored";
    case Failure::full:
      return "full";
    case Failure::half_full:
      return "half_full";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Every, ContentFailuresEach,
                         testing::Values(Failure::lost, Failure::kept, Failure::full, Failure::half_full),
                         name_of);

}  // namespace
}  // namespace tram::store
