#include "store/content/uploads.h"

#include <unistd.h>

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

Result<std::unique_ptr<Uploads>> Uploads::open(std::string folder, const ContentOptions& options,
                                               ContainerPins& pins) {
  std::unique_ptr<Uploads> uploads(new Uploads(std::move(folder), options, pins));
  std::error_code why;
  for (std::filesystem::directory_iterator at(uploads->folder_, why), end; !why && at != end;
       at.increment(why)) {
    const auto file = read_upload_file(at->path().filename().string());
    if (file && !file->complete) uploads->ledger_->add(file->owner, file->name, file->size);
  }
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
  return FileUpload::resume({folder_, name, upload_owner(owner), sha256, size, ledger_, options_}, offset);
}

Result<ContentLocation> Uploads::uploaded(const std::string& owner, const Digest& sha256,
                                          std::uint64_t size) {
  const std::string name = upload_name(owner, sha256, size);
  auto pin = pins_.pin(name);  // first: what is there from here on stays
  if (!pin || !exists(folder_ + "/" + name + ".bin")) return not_uploaded();
  ledger_->settle(upload_owner(owner), name);
  return ContentLocation{name, 0, size, std::move(pin)};
}

bool Uploads::lock_out_writers(const std::string& name) { return ledger_->lock(name); }

void Uploads::let_in_writers(const std::string& name, bool gone) {
  if (gone) ledger_->settle(name.substr(0, upload_owner("").size()), name);
  ledger_->end(name);
}

}  // namespace tram::store
