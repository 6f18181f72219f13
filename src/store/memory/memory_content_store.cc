#include "store/memory/memory_content_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "store/upload_errors.h"
#include "store/upload_name.h"

namespace tram::store {

using exchange::Container;
using exchange::ContentLocation;
using exchange::Upload;
using exchange::UploadState;

namespace {

class MemoryUpload final : public Upload {
 public:
  MemoryUpload(std::shared_ptr<MemoryContentDisk> disk, std::shared_ptr<UploadLedger> ledger,
               std::string owner, std::string name, const Digest& sha256, std::uint64_t size,
               const ContentOptions& options)
      : disk_(std::move(disk)),
        ledger_(std::move(ledger)),
        owner_(std::move(owner)),
        name_(std::move(name)),
        sha256_(sha256),
        size_(size),
        options_(options),
        life_(disk_->life) {}

  ~MemoryUpload() override {
    {
      const std::lock_guard lock(disk_->mutex);
      const auto found = disk_->uploads.find(name_);
      if (is_alive() && found != disk_->uploads.end() && !found->second.complete) {
        found->second.durable = found->second.bytes.size();
        found->second.changed_at = options_.now();
      }
    }
    ledger_->end(name_);
  }

  Result<void> write(BytesView chunk) override {
    const std::lock_guard lock(disk_->mutex);
    if (!is_alive()) return content_gone();
    Bytes& bytes = disk_->uploads[name_].bytes;
    if (chunk.size() > size_ - bytes.size()) return upload_too_long();
    bytes += chunk;
    return {};
  }

  Result<UploadState> finish() override {
    const std::lock_guard lock(disk_->mutex);
    if (!is_alive()) return content_gone();
    MemoryFile& file = disk_->uploads[name_];
    file.durable = file.bytes.size();
    if (file.durable < size_) return UploadState{file.durable, false};
    if (Sha256::of(file.bytes) != sha256_) {
      disk_->uploads.erase(name_);
      ledger_->settle(owner_, name_);
      return digest_mismatch();
    }
    file.complete = true;
    file.changed_at = options_.now();
    return UploadState{size_, true};
  }

 private:
  [[nodiscard]] bool is_alive() const { return disk_->life == life_; }

  const std::shared_ptr<MemoryContentDisk> disk_;
  const std::shared_ptr<UploadLedger> ledger_;
  const std::string owner_;
  const std::string name_;
  const Digest sha256_;
  const std::uint64_t size_;
  const ContentOptions options_;
  const std::uint64_t life_;
};

class MemoryListing final : public exchange::ContainerListing {
 public:
  explicit MemoryListing(std::vector<Container> containers) : containers_(std::move(containers)) {}
  Result<std::vector<Container>> next(std::size_t most) override {
    std::vector<Container> out;
    while (out.size() < most && place_ < containers_.size()) out.push_back(containers_[place_++]);
    return out;
  }

 private:
  const std::vector<Container> containers_;
  std::size_t place_ = 0;
};

// Longer numbers are later ones.
bool is_older(const Container& a, const Container& b) {
  return std::pair(a.name.size(), a.name) < std::pair(b.name.size(), b.name);
}

void lose_what_was_not_synced(std::map<std::string, MemoryFile>& files) {
  for (auto& [name, file] : files) file.bytes.resize(file.durable);
}

}  // namespace

MemoryContentStore::MemoryContentStore(std::shared_ptr<MemoryContentDisk> disk, const ContentOptions& options)
    : disk_(std::move(disk)),
      options_(options),
      ledger_(std::make_shared<UploadLedger>(options.upload_quota)) {
  lose_power();
  const std::lock_guard lock(disk_->mutex);
  begin_segment();
}

void MemoryContentStore::lose_power() {
  const std::lock_guard lock(disk_->mutex);
  ++disk_->life;
  lose_what_was_not_synced(disk_->segments);
  lose_what_was_not_synced(disk_->uploads);
}

void MemoryContentStore::begin_segment() {
  segment_ = "s-" + std::to_string(++disk_->last_segment);
  segment_pin_ = pins_.pin(segment_);
}

Result<ContentLocation> MemoryContentStore::append(BytesView bytes) {
  const std::lock_guard lock(disk_->mutex);
  MemoryFile& file = disk_->segments[segment_];
  const ContentLocation location{segment_, file.bytes.size(), bytes.size(), segment_pin_};
  file.bytes += bytes;
  file.changed_at = options_.now();
  if (file.bytes.size() >= options_.segment_bytes) begin_segment();
  return location;
}

Result<void> MemoryContentStore::flush() {
  const std::lock_guard lock(disk_->mutex);
  for (auto& [name, file] : disk_->segments) file.durable = file.bytes.size();
  return {};
}

Result<UploadState> MemoryContentStore::upload_state(const std::string& owner, const Digest& sha256,
                                                     std::uint64_t size) {
  const std::lock_guard lock(disk_->mutex);
  const auto found = disk_->uploads.find(upload_name(owner, sha256, size));
  if (found == disk_->uploads.end()) return UploadState{};
  return UploadState{found->second.durable, found->second.complete};
}

Result<std::unique_ptr<Upload>> MemoryContentStore::resume_upload(const std::string& owner,
                                                                  const Digest& sha256, std::uint64_t size,
                                                                  std::uint64_t offset) {
  const std::string name = upload_name(owner, sha256, size);
  if (const auto begun = ledger_->begin(upload_owner(owner), name, size); !begun) return begun.error();
  auto upload =
      std::make_unique<MemoryUpload>(disk_, ledger_, upload_owner(owner), name, sha256, size, options_);
  bool fits = false;
  {  // the upload's destructor takes the lock too
    const std::lock_guard lock(disk_->mutex);
    const auto found = disk_->uploads.find(name);
    fits = offset == (found == disk_->uploads.end() ? 0 : found->second.bytes.size());
  }
  if (!fits) return upload_offset_wrong();
  return std::unique_ptr<Upload>(std::move(upload));
}

Result<ContentLocation> MemoryContentStore::uploaded(const std::string& owner, const Digest& sha256,
                                                     std::uint64_t size) {
  const std::string name = upload_name(owner, sha256, size);
  auto pin = pins_.pin(name);  // first: what is there from here on stays
  const std::lock_guard lock(disk_->mutex);
  const auto found = disk_->uploads.find(name);
  if (!pin || found == disk_->uploads.end() || !found->second.complete) return not_uploaded();
  ledger_->settle(upload_owner(owner), name);
  return ContentLocation{name, 0, size, std::move(pin)};
}

Result<Bytes> MemoryContentStore::read(const ContentLocation& location, std::uint64_t offset,
                                       std::size_t limit) const {
  if (offset >= location.length) return Bytes();
  const std::lock_guard lock(disk_->mutex);
  if (disk_->failing_reads > 0) {
    --disk_->failing_reads;
    return failure(ErrorCode::internal, "CONTENT_IO", "the disk did not answer");
  }
  const auto& files = location.container.starts_with("u-") ? disk_->uploads : disk_->segments;
  const auto found = files.find(location.container);
  const std::uint64_t length = std::min<std::uint64_t>(limit, location.length - offset);
  if (found == files.end() || found->second.bytes.size() < location.offset + offset + length)
    return content_gone();
  return found->second.bytes.substr(location.offset + offset, length);
}

Result<ContentLocation> MemoryContentStore::hold(const ContentLocation& location) const {
  ContentLocation held = location;
  held.pin = pins_.pin(held.container);
  const std::lock_guard lock(disk_->mutex);
  const auto& files = location.container.starts_with("u-") ? disk_->uploads : disk_->segments;
  if (!held.pin || !files.contains(held.container)) return content_gone();
  return held;
}

std::unique_ptr<exchange::ContainerListing> MemoryContentStore::containers() const {
  const std::lock_guard lock(disk_->mutex);
  std::vector<Container> out;
  for (const auto& [name, file] : disk_->segments)
    out.push_back({name, Container::Kind::segment, file.bytes.size(), file.changed_at, name == segment_});
  std::sort(out.begin(), out.end(), is_older);
  for (const auto& [name, file] : disk_->uploads) {
    const auto kind = file.complete ? Container::Kind::upload : Container::Kind::unfinished;
    out.push_back({name, kind, file.bytes.size(), file.changed_at});
  }
  return std::make_unique<MemoryListing>(std::move(out));
}

bool MemoryContentStore::offer(const Container& container) { return pins_.offer(container.name); }

Result<bool> MemoryContentStore::remove(const Container& container) {
  if (!pins_.begin_removal(container.name)) return false;
  bool gone = false;
  if (container.kind == Container::Kind::segment) {
    gone = erase(container);
  } else if (ledger_->lock(container.name)) {
    gone = erase(container);
    if (gone) ledger_->settle(container.name.substr(0, upload_owner("").size()), container.name);
    ledger_->end(container.name);
  }
  pins_.removed(container.name);
  return gone;
}

bool MemoryContentStore::erase(const Container& container) {
  const std::lock_guard lock(disk_->mutex);
  if (container.kind == Container::Kind::segment) return disk_->segments.erase(container.name) > 0;
  const auto found = disk_->uploads.find(container.name);
  if (found == disk_->uploads.end() || found->second.changed_at != container.changed_at ||
      found->second.complete != (container.kind == Container::Kind::upload))
    return false;
  disk_->uploads.erase(found);
  return true;
}

Result<void> MemoryContentStore::seal() {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->segments.contains(segment_)) begin_segment();
  return {};
}

}  // namespace tram::store
