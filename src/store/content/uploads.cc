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

Result<void> each_upload(const std::string& folder, const std::function<void(const UploadFile&)>& visit) {
  std::error_code why;
  for (std::filesystem::directory_iterator at(folder, why), end; !why && at != end; at.increment(why)) {
    if (const auto file = read_upload_file(at->path().filename().string())) visit(*file);
  }
  if (why) return io_error(why.value(), "cannot read", folder);
  return {};
}

}  // namespace

Result<std::unique_ptr<Uploads>> Uploads::open(Disk& disk, std::string folder, const ContentOptions& options,
                                               ContainerPins& pins) {
  std::unique_ptr<Uploads> uploads(new Uploads(disk, std::move(folder), options, pins));
  const auto count = [&](const UploadFile& file) {
    if (!file.complete) uploads->ledger_->add(file.owner, file.name, file.size);
  };
  if (const auto read = each_upload(uploads->folder_, count); !read) return read.error();
  if (const auto synced = sync_folder(disk, uploads->folder_); !synced) return synced.error();
  return uploads;
}

Result<void> Uploads::count_unused(const std::function<bool(const std::string&)>& is_used) const {
  return each_upload(folder_, [&](const UploadFile& file) {
    if (file.complete && !is_used(file.name)) ledger_->add(file.owner, file.name, file.size);
  });
}

// Its writer renames it before the name is durable, and takes the name back if it cannot be made so.
bool Uploads::is_complete(const std::string& name) const {
  return ledger_->unwritten(name, [&] { return exists(folder_ + "/" + name + ".bin"); });
}

Result<UploadState> Uploads::state(const std::string& name, std::uint64_t size) const {
  if (is_complete(name)) return UploadState{size, true};
  const std::string part = folder_ + "/" + name + ".part";
  if (!exists(part)) return UploadState{};
  const auto file = File::open(disk_, part, File::Mode::read);
  if (!file) return file.error();
  const auto stored = file->size();
  if (!stored) return stored.error();
  // What a living writer or a killed process has written is made durable first.
  if (const auto synced = file->sync(); !synced) {
    give_up(name);
    return synced.error();
  }
  return UploadState{*stored, false};
}

// What the file holds is unknown after a failed sync, and a later one would succeed. A living writer finds
// out by itself.
void Uploads::give_up(const std::string& name) const {
  if (!ledger_->lock(name)) return;
  const bool gone = disk_.unlink((folder_ + "/" + name + ".part").c_str()) == 0;
  let_in_writers(name, gone);
}

Result<std::unique_ptr<Upload>> Uploads::resume(const std::string& owner, const Digest& sha256,
                                                std::uint64_t size, std::uint64_t offset) {
  const std::string name = upload_name(owner, sha256, size);
  const auto found = state(name, size);
  if (!found) return found.error();
  if (found->complete)
    return offset == size ? finished_upload(size) : Result<std::unique_ptr<Upload>>(upload_offset_wrong());
  if (const auto begun = ledger_->begin(upload_owner(owner), name, size); !begun) return begun.error();
  if (exists(folder_ + "/" + name + ".bin")) {  // another writer has ended in between
    ledger_->end(name);
    return upload_offset_wrong();
  }
  return FileUpload::resume({disk_, folder_, name, upload_owner(owner), sha256, size, ledger_, options_},
                            offset);
}

Result<ContentLocation> Uploads::uploaded(const std::string& owner, const Digest& sha256,
                                          std::uint64_t size) {
  const std::string name = upload_name(owner, sha256, size);
  auto pin = pins_.pin(name);  // first: what is there from here on stays
  if (!pin || !is_complete(name)) return not_uploaded();
  ledger_->settle(upload_owner(owner), name);
  return ContentLocation{name, 0, size, std::move(pin)};
}

bool Uploads::lock_out_writers(const std::string& name) { return ledger_->lock(name); }

void Uploads::let_in_writers(const std::string& name, bool gone) const {
  if (gone) ledger_->settle(name.substr(0, upload_owner("").size()), name);
  ledger_->end(name);
}

}  // namespace tram::store
