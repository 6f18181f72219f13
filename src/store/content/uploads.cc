#include "store/content/uploads.h"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <system_error>

#include "store/content/file.h"
#include "store/content/file_upload.h"
#include "store/upload_errors.h"
#include "store/upload_name.h"

namespace tram::store {

using exchange::ContentLocation;
using exchange::Upload;
using exchange::UploadState;

namespace {

// "u-" and 32 digits, "-" and 64 digits, "-" and the size, ".part"
constexpr std::size_t kOwnerLength = 34;
constexpr std::size_t kSizeStart = kOwnerLength + 1 + 64 + 1;

void count_part(UploadLedger& ledger, const std::filesystem::path& file) {
  if (file.extension() != ".part") return;
  const std::string name = file.stem().string();
  std::uint64_t size = 0;
  if (name.size() <= kSizeStart) return;
  if (std::from_chars(name.data() + kSizeStart, name.data() + name.size(), size).ec != std::errc()) return;
  ledger.add(name.substr(0, kOwnerLength), name, size);
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

// The bytes durable so far. What a living writer or a killed process has written is made durable first.
Result<std::uint64_t> durable_size(const std::string& path) {
  const auto file = File::open(path, File::Mode::read);
  if (!file) return file.error();
  const auto size = file->size();
  if (const auto synced = file->sync(); !synced) return synced.error();
  return size;
}

}  // namespace

Result<std::unique_ptr<Uploads>> Uploads::open(std::string folder, std::uint64_t quota) {
  std::unique_ptr<Uploads> uploads(new Uploads(std::move(folder), quota));
  std::error_code why;
  for (std::filesystem::directory_iterator at(uploads->folder_, why), end; !why && at != end;
       at.increment(why))
    count_part(*uploads->ledger_, at->path());
  if (why) return io_error(why.value(), "cannot read", uploads->folder_);
  return uploads;
}

Result<UploadState> Uploads::state(const std::string& name, std::uint64_t size) const {
  if (exists(folder_ + "/" + name + ".bin")) return UploadState{size, true};
  const std::string part = folder_ + "/" + name + ".part";
  if (!exists(part)) return UploadState{};
  const auto stored = durable_size(part);
  if (!stored) return stored.error();
  return UploadState{*stored, false};
}

Result<std::unique_ptr<Upload>> Uploads::resume(const std::string& owner, const Digest& sha256,
                                                std::uint64_t size, std::uint64_t offset) {
  const std::string name = upload_name(owner, sha256, size);
  const auto found = state(name, size);
  if (!found) return found.error();
  if (found->complete)
    return offset == size ? finished_upload(size) : Result<std::unique_ptr<Upload>>(upload_offset_wrong());
  if (const auto begun = ledger_->begin(upload_owner(owner), name, size); !begun) return begun.error();
  return FileUpload::resume({folder_, name, upload_owner(owner), sha256, size, ledger_}, offset);
}

Result<ContentLocation> Uploads::uploaded(const std::string& owner, const Digest& sha256,
                                          std::uint64_t size) {
  const std::string name = upload_name(owner, sha256, size);
  if (!exists(folder_ + "/" + name + ".bin")) return not_uploaded();
  ledger_->settle(upload_owner(owner), name);
  return ContentLocation{name, 0, size};
}

}  // namespace tram::store
