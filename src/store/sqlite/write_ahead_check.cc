#include "store/sqlite/write_ahead_check.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "store/content/file.h"
#include "store/sqlite/storage_failed.h"

namespace tram::store {
namespace {

constexpr std::size_t kHeader = 32;
constexpr std::size_t kFrameHeader = 24;
constexpr std::size_t kSummed = 8;  // of a frame's header; the page follows
constexpr std::uint32_t kMagic = 0x377f0682;

std::uint32_t big_endian(const char* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return std::endian::native == std::endian::little ? __builtin_bswap32(value) : value;
}

struct Sum {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  bool operator==(const Sum&) const = default;
};

Sum stored_sum(const char* at) { return {big_endian(at), big_endian(at + 4)}; }

// `bytes` is a multiple of 8 long. The words are in the order that the magic number tells.
Sum add(Sum sum, BytesView bytes, bool swapped) {
  for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    std::uint32_t words[2];
    std::memcpy(words, bytes.data() + i, sizeof words);
    sum.first += (swapped ? __builtin_bswap32(words[0]) : words[0]) + sum.second;
    sum.second += (swapped ? __builtin_bswap32(words[1]) : words[1]) + sum.first;
  }
  return sum;
}

/// What the walk needs of one frame.
struct Frame {
  bool follows = false;  // it fits what stands before it
  bool commits = false;  // it says that it ends a transaction
};

class WriteAhead {
 public:
  WriteAhead(const File& file, Bytes header) : file_(file), header_(std::move(header)) {
    page_ = big_endian(header_.data() + 8);
    const bool big = (big_endian(header_.data()) & 1) != 0;
    swapped_ = big != (std::endian::native == std::endian::big);
    sum_ = stored_sum(header_.data() + kHeader - 8);
    is_whole_ = (big_endian(header_.data()) & ~1U) == kMagic &&
                add({}, BytesView(header_).substr(0, kHeader - 8), swapped_) == sum_;
  }

  [[nodiscard]] bool is_whole() const { return is_whole_; }
  [[nodiscard]] bool has_page_size() const {
    return page_ >= 512 && page_ <= 65536 && std::has_single_bit(page_);
  }

  /// False at the end.
  Result<bool> next(Frame& frame) {
    const auto bytes = file_.read_at(kHeader + place_++ * (kFrameHeader + page_), kFrameHeader + page_);
    if (!bytes) return bytes.error();
    if (bytes->size() < kFrameHeader + page_) return false;
    const BytesView view(*bytes);
    Sum sum = add(sum_, view.substr(0, kSummed), swapped_);
    sum = add(sum, view.substr(kFrameHeader), swapped_);
    sum_ = stored_sum(bytes->data() + 16);
    const bool of_this_file = view.substr(8, 8) == BytesView(header_).substr(16, 8);
    frame = {of_this_file && sum == sum_, of_this_file && big_endian(bytes->data() + 4) != 0};
    return true;
  }

 private:
  const File& file_;
  const Bytes header_;
  std::uint32_t page_ = 0;
  bool swapped_ = false;
  bool is_whole_ = false;
  Sum sum_;  // as stored in what was read last
  std::uint64_t place_ = 0;
};

Error corrupt(const char* what) { return stored_nonsense(what).error; }

Result<void> walk(WriteAhead& write_ahead) {
  bool broken = false;
  Frame last;
  Frame frame;
  while (true) {
    const auto more = write_ahead.next(frame);
    if (!more) return more.error();
    if (!*more) return {};
    // What is left of a transaction that was undone does not follow on another one's end.
    if (broken && last.commits && frame.follows)
      return corrupt("a frame of the write-ahead file, before later transactions, is not as it was written");
    last = frame;
    // The first one that does not fit may have been a transaction's end; later ones may be anything.
    if (broken && !frame.follows) last.commits = false;
    broken = broken || !frame.follows;
  }
}

}  // namespace

Result<void> check_write_ahead(const std::string& path) {
  std::error_code none;
  const auto size = std::filesystem::file_size(path, none);
  if (none || size < kHeader + kFrameHeader) return {};
  const auto file = File::open(Disk::system(), path, File::Mode::read);
  if (!file) return file.error();
  auto header = file->read_at(0, kHeader);
  if (!header) return header.error();
  WriteAhead write_ahead(*file, *std::move(header));
  // The header is synced before the first frame is written, and one sector of the disk holds it.
  if (!write_ahead.is_whole() || !write_ahead.has_page_size())
    return corrupt("the header of the write-ahead file is not as it was written");
  return walk(write_ahead);
}

}  // namespace tram::store
