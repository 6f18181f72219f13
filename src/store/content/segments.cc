#include "store/content/segments.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace tram::store {
namespace {

constexpr std::string_view kPrefix = "s-";

std::string segment_name(std::uint64_t number) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "s-%010llu", static_cast<unsigned long long>(number));
  return text.data();
}

std::uint64_t number_of(const std::string& name) {
  if (!name.starts_with(kPrefix)) return 0;
  std::uint64_t number = 0;
  for (const char digit : name.substr(kPrefix.size())) {
    if (digit < '0' || digit > '9') return 0;
    number = number * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return number;
}

}  // namespace

Result<std::unique_ptr<Segments>> Segments::open(Disk& disk, std::string folder,
                                                 const ContentOptions& options, ContainerPins& pins) {
  std::error_code why;
  std::uint64_t last = 0;
  for (std::filesystem::directory_iterator at(folder, why), end; !why && at != end; at.increment(why))
    last = std::max(last, number_of(at->path().filename().string()));
  if (why) return io_error(why.value(), "cannot read", folder);
  return std::unique_ptr<Segments>(new Segments(disk, std::move(folder), options, last, pins));
}

Result<void> Segments::begin_segment() {
  const std::string name = segment_name(last_number_ + 1);
  auto file = File::open(disk_, folder_ + "/" + name, File::Mode::create_new);
  if (!file) return file.error();
  ++last_number_;
  if (const auto synced = sync_folder(disk_, folder_); !synced) return synced.error();
  current_ = std::make_shared<Segment>(Segment{name, *std::move(file), pins_.pin(name)});
  end_ = 0;
  return {};
}

Result<exchange::ContentLocation> Segments::append(BytesView bytes) {
  const std::lock_guard lock(appending_);
  if (!current_ || end_ >= options_.segment_bytes) {
    if (const auto begun = begin_segment(); !begun) return begun.error();
  }
  // What a failed write left behind is overwritten by the next one.
  if (const auto written = current_->file.write_at(end_, bytes); !written) return written.error();
  if (unsynced_.empty() || unsynced_.back() != current_) unsynced_.push_back(current_);
  exchange::ContentLocation location{current_->name, end_, bytes.size(), current_->pin};
  end_ += bytes.size();
  return location;
}

Result<void> Segments::seal() {
  const std::lock_guard lock(appending_);
  return current_ && end_ == 0 ? Result<void>() : begin_segment();
}

bool Segments::is_newest(const std::string& name) const {
  const std::lock_guard lock(appending_);
  return number_of(name) == last_number_;
}

Result<void> Segments::flush() {
  const std::lock_guard one_at_a_time(flushing_);
  if (failed_) return *failed_;
  std::vector<std::shared_ptr<Segment>> written;
  {
    const std::lock_guard lock(appending_);
    written.swap(unsynced_);
  }
  for (const auto& segment : written) {
    segment->file.set_changed(options_.now());
    if (const auto synced = segment->file.sync(); !synced) {
      failed_ = synced.error();
      return *failed_;
    }
  }
  return {};
}

}  // namespace tram::store
