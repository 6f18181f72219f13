#include "tests/bench/limit_disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

namespace tram::bench {
namespace {

constexpr std::size_t kAppended = 4096;
constexpr std::uint64_t kAGroup = 4 << 20;  // bytes that one fdatasync makes durable
constexpr unsigned kBehind = 8;             // MiB of a large file after which the disk is told to begin

// Nobody else finds it: it has no name.
class UnnamedFile {
 public:
  explicit UnnamedFile(const std::string& folder)
      : descriptor_(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) {
    require(descriptor_ >= 0, "making a file in " + folder);
  }
  ~UnnamedFile() { close(descriptor_); }
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;

  void append(const std::string& bytes) const {
    require(write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "writing");
  }
  void start_writing() const {
    require(sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE) == 0, "sync_file_range");
  }
  void sync() const { require(fdatasync(descriptor_) == 0, "fdatasync"); }

 private:
  static void require(bool held, const std::string& what) {
    if (!held) throw std::system_error(errno, std::generic_category(), what);
  }
  int descriptor_;
};

}  // namespace

double cost_of_sync(const std::string& folder, std::chrono::milliseconds time) {
  using Clock = std::chrono::steady_clock;
  const UnnamedFile file(folder);
  const std::string bytes(kAppended, 'x');
  std::vector<double> taken;
  for (const auto end = Clock::now() + time; taken.empty() || Clock::now() < end;) {
    const auto before = Clock::now();
    file.append(bytes);
    file.sync();
    taken.push_back(std::chrono::duration<double, std::micro>(Clock::now() - before).count());
  }
  std::nth_element(taken.begin(), taken.begin() + static_cast<std::ptrdiff_t>(taken.size() / 2), taken.end());
  return taken[taken.size() / 2];
}

double cost_of_write(const std::string& folder, std::uint64_t bytes, std::chrono::milliseconds time) {
  using Clock = std::chrono::steady_clock;
  const UnnamedFile file(folder);
  const std::string payload(bytes, 'x');
  const auto begin = Clock::now();
  std::uint64_t count = 0;
  do {
    for (std::uint64_t written = 0; written < kAGroup; written += bytes, ++count) file.append(payload);
    file.sync();
  } while (Clock::now() < begin + time);
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count() / static_cast<double>(count);
}

double seconds_of_writing(const std::string& folder, unsigned megabytes) {
  const UnnamedFile file(folder);
  const std::string payload(std::size_t{1} << 20, 'x');
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned written = 0; written < megabytes; ++written) {
    file.append(payload);
    if (written % kBehind == kBehind - 1) file.start_writing();
  }
  file.sync();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace tram::bench
