#include "store/content/container_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include "store/content/file.h"

namespace tram::store {

using exchange::Container;

namespace {

constexpr std::string_view kPart = ".part";
constexpr std::string_view kComplete = ".bin";
constexpr std::string_view kSegments = "/segments";
constexpr std::string_view kUploads = "/uploads";

// "u-" and 32 digits, "-" and 64 digits, "-" and the size
constexpr std::size_t kOwnerLength = 34;
constexpr std::size_t kSizeStart = kOwnerLength + 1 + 64 + 1;

bool is_segment(std::string_view name) {
  return name.size() > 2 && name.starts_with("s-") &&
         name.find_first_not_of("0123456789", 2) == std::string_view::npos;
}

// Longer numbers are later ones.
bool is_older(const std::string& a, const std::string& b) {
  return std::pair(a.size(), std::string_view(a)) < std::pair(b.size(), std::string_view(b));
}

class FileListing final : public exchange::ContainerListing {
 public:
  FileListing(std::string folder, std::function<bool(const std::string&)> is_newest)
      : folder_(std::move(folder)), is_newest_(std::move(is_newest)) {}

  Result<std::vector<Container>> next(std::size_t most) override {
    if (!begun_) {
      if (auto read = begin(); !read) return read.error();
    }
    std::vector<Container> out;
    while (out.size() < most && place_ < segments_.size()) {
      const std::string& name = segments_[place_++];
      if (auto found = look_at(folder_, {name, Container::Kind::segment, 0, {}, is_newest_(name)}))
        out.push_back(*std::move(found));
    }
    for (; out.size() < most && uploads_ != std::filesystem::directory_iterator(); step()) {
      const auto file = read_upload_file(uploads_->path().filename().string());
      if (!file) continue;
      const auto kind = file->complete ? Container::Kind::upload : Container::Kind::unfinished;
      if (auto found = look_at(folder_, {file->name, kind, 0, {}})) out.push_back(*std::move(found));
    }
    if (why_) return io_error(why_.value(), "cannot read", folder_);
    return out;
  }

 private:
  Result<void> begin() {
    begun_ = true;
    for (std::filesystem::directory_iterator at(folder_ + std::string(kSegments), why_), end;
         !why_ && at != end; at.increment(why_)) {
      std::string name = at->path().filename().string();
      if (is_segment(name)) segments_.push_back(std::move(name));
    }
    std::sort(segments_.begin(), segments_.end(), is_older);
    if (!why_) uploads_ = std::filesystem::directory_iterator(folder_ + std::string(kUploads), why_);
    if (why_) return io_error(why_.value(), "cannot read", folder_);
    return {};
  }

  // Sets the iterator to the end on an error.
  void step() { uploads_.increment(why_); }

  const std::string folder_;
  const std::function<bool(const std::string&)> is_newest_;
  bool begun_ = false;
  std::error_code why_;
  std::vector<std::string> segments_;
  std::size_t place_ = 0;
  std::filesystem::directory_iterator uploads_;
};

}  // namespace

bool is_container(std::string_view name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-'; });
}

std::string path_of(const std::string& folder, const std::string& container) {
  return path_of(
      folder,
      {container, container.starts_with("u-") ? Container::Kind::upload : Container::Kind::segment, 0, {}});
}

std::string path_of(const std::string& folder, const Container& container) {
  if (container.kind == Container::Kind::segment)
    return folder + std::string(kSegments) + "/" + container.name;
  const auto ending = container.kind == Container::Kind::upload ? kComplete : kPart;
  return folder + std::string(kUploads) + "/" + container.name + std::string(ending);
}

std::optional<UploadFile> read_upload_file(const std::string& file_name) {
  UploadFile out;
  out.complete = file_name.ends_with(kComplete);
  if (!out.complete && !file_name.ends_with(kPart)) return std::nullopt;
  out.name = file_name.substr(0, file_name.size() - (out.complete ? kComplete : kPart).size());
  if (out.name.size() <= kSizeStart || !out.name.starts_with("u-") || !is_container(out.name))
    return std::nullopt;
  const char* end = out.name.data() + out.name.size();
  const auto read = std::from_chars(out.name.data() + kSizeStart, end, out.size);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  out.owner = out.name.substr(0, kOwnerLength);
  return out;
}

std::unique_ptr<exchange::ContainerListing> list_containers(
    std::string folder, std::function<bool(const std::string&)> is_newest) {
  return std::make_unique<FileListing>(std::move(folder), std::move(is_newest));
}

std::optional<Container> look_at(const std::string& folder, Container container) {
  struct stat found {};
  if (::stat(path_of(folder, container).c_str(), &found) != 0) return std::nullopt;
  container.bytes = static_cast<std::uint64_t>(found.st_size);
  container.changed_at = Timestamp(std::chrono::duration_cast<Duration>(
      std::chrono::seconds(found.st_mtim.tv_sec) + std::chrono::nanoseconds(found.st_mtim.tv_nsec)));
  return container;
}

}  // namespace tram::store
