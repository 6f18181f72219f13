#include "tests/store/failing_disk.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace tram::store {

namespace fs = std::filesystem;

void FailingDisk::fail(std::uint64_t first, std::uint64_t last, Failure how) {
  const std::lock_guard lock(mutex_);
  first_ = first;
  last_ = last;
  failure_ = how;
}

void FailingDisk::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

bool FailingDisk::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

std::uint64_t FailingDisk::steps() const {
  const std::lock_guard lock(mutex_);
  return steps_;
}

FailingDisk::Verdict FailingDisk::judge(std::size_t bytes, Step step) {
  if (stopped_) return {false, 0, EIO};
  ++steps_;
  const bool no_space = failure_ == Failure::full || failure_ == Failure::half_full;
  const bool matters = no_space ? step == Step::write : failure_ != Failure::ignored || step == Step::sync;
  if (steps_ < first_ || steps_ > last_ || !matters) return {true, bytes, 0};
  switch (failure_) {
    case Failure::lost:
      return {false, 0, EIO};
    case Failure::kept:
      return {true, bytes, EIO};
    case Failure::ignored:
      return {false, 0, 0};
    case Failure::full:
      return {false, 0, ENOSPC};
    case Failure::half_full:
      return {true, bytes / 2, ENOSPC};
  }
  return {};
}

std::shared_ptr<FailingDisk::Inode> FailingDisk::at(const std::string& path) {
  auto& inode = current_[path];
  if (inode) return inode;
  // Not created by a step: it was there before.
  inode = std::make_shared<Inode>();
  std::ifstream file(path, std::ios::binary);
  inode->durable.assign(std::istreambuf_iterator<char>(file), {});
  durable_[path] = inode;
  return inode;
}

void FailingDisk::apply(Bytes& content, const Change& change) {
  if (!change.bytes) {
    content.resize(change.offset);
    return;
  }
  if (content.size() < change.offset + change.bytes->size())
    content.resize(change.offset + change.bytes->size());
  content.replace(change.offset, change.bytes->size(), *change.bytes);
}

void FailingDisk::set_durable_names(const std::string& folder) {
  const auto inside = [&](const auto& name) { return fs::path(name.first).parent_path() == folder; };
  std::erase_if(durable_, inside);
  for (const auto& name : current_) {
    if (inside(name)) durable_.insert(name);
  }
}

FailingDisk::Verdict FailingDisk::create(const std::string& path) {
  Verdict verdict;
  {
    const std::lock_guard lock(mutex_);
    if (current_.contains(path)) return verdict;
    if (fs::exists(path)) {
      static_cast<void>(at(path));
      return verdict;
    }
    verdict = judge(0, Step::other);
    if (verdict.apply) current_[path] = std::make_shared<Inode>();
  }
  after_step();
  return verdict;
}

FailingDisk::Verdict FailingDisk::write(const std::string& path, std::uint64_t offset, BytesView bytes) {
  Verdict verdict;
  {
    const std::lock_guard lock(mutex_);
    verdict = judge(bytes.size(), Step::write);
    if (verdict.apply) {
      last_written_ = at(path);
      last_written_->pending.push_back({offset, Bytes(bytes.substr(0, verdict.bytes))});
    }
  }
  after_step();
  return verdict;
}

FailingDisk::Verdict FailingDisk::truncate(const std::string& path, std::uint64_t size) {
  Verdict verdict;
  {
    const std::lock_guard lock(mutex_);
    verdict = judge(0, Step::other);
    if (verdict.apply) at(path)->pending.push_back({size, std::nullopt});
  }
  after_step();
  return verdict;
}

FailingDisk::Verdict FailingDisk::sync(const std::string& path, bool folder_too) {
  Verdict verdict;
  {
    const std::lock_guard lock(mutex_);
    verdict = judge(0, Step::sync);
    const auto inode = at(path);
    if (verdict.apply) {
      for (const Change& change : inode->pending) apply(inode->durable, change);
      if (folder_too) set_durable_names(fs::path(path).parent_path());
    }
    if (!stopped_) inode->pending.clear();  // pages that could not be written count as written
  }
  after_step();
  return verdict;
}

FailingDisk::Verdict FailingDisk::rename(const std::string& from, const std::string& to) {
  Verdict verdict;
  {
    const std::lock_guard lock(mutex_);
    verdict = judge(0, Step::other);
    if (verdict.apply) {
      const auto inode = at(from);
      current_[to] = inode;
      current_.erase(from);
    }
  }
  after_step();
  return verdict;
}

FailingDisk::Verdict FailingDisk::remove(const std::string& path, bool durably) {
  Verdict verdict;
  {
    const std::lock_guard lock(mutex_);
    verdict = judge(0, Step::other);
    if (verdict.apply) {
      static_cast<void>(at(path));
      current_.erase(path);
      if (durably) set_durable_names(fs::path(path).parent_path());
    }
  }
  after_step();
  return verdict;
}

FailingDisk::Verdict FailingDisk::sync_folder(const std::string& folder) {
  Verdict verdict;
  {
    const std::lock_guard lock(mutex_);
    verdict = judge(0, Step::sync);
    if (verdict.apply) set_durable_names(folder);
  }
  after_step();
  return verdict;
}

void FailingDisk::leave(const std::string& folder, const std::string& to, PowerCut cut,
                        std::uint64_t seed) const {
  const std::lock_guard lock(mutex_);
  std::mt19937_64 chance(seed);
  const bool new_names = cut == PowerCut::tears_last || (cut == PowerCut::keeps_subset && chance() % 2 == 0);
  for (const auto& [path, inode] : new_names ? current_ : durable_) {
    if (!path.starts_with(folder + "/")) continue;
    Bytes content = inode->durable;
    for (const Change& change : inode->pending) {
      if (cut == PowerCut::drops_all || (cut == PowerCut::keeps_subset && chance() % 2 == 0)) continue;
      Change left = change;
      if (left.bytes && inode == last_written_ && &change == &inode->pending.back())
        left.bytes->resize(chance() % (left.bytes->size() + 1));
      apply(content, left);
    }
    const std::string place = to + path.substr(folder.size());
    fs::create_directories(fs::path(place).parent_path());
    std::ofstream(place, std::ios::binary | std::ios::trunc) << content;
  }
}

}  // namespace tram::store
