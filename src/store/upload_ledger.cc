#include "store/upload_ledger.h"

#include <algorithm>

namespace tram::store {
namespace {

std::uint64_t counted(std::uint64_t size) { return std::max(size, UploadLedger::kLeastCounted); }

}  // namespace

Result<void> UploadLedger::begin(const std::string& owner, const std::string& upload, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  if (writing_.contains(upload))
    return failure(ErrorCode::aborted, "UPLOAD_BUSY", "another stream writes this upload",
                   "end that stream, ask for the upload's state and go on from there");
  Owner& account = owners_[owner];
  if (!account.uploads.contains(upload)) {
    if (counted(size) > quota_ - account.announced)
      return failure(ErrorCode::resource_exhausted, "UPLOAD_QUOTA",
                     "your uploads that no message refers to would exceed your quota",
                     "submit the messages that refer to them, or wait until they expire");
    account.uploads.emplace(upload, counted(size));
    account.announced += counted(size);
  }
  writing_.insert(upload);
  return {};
}

bool UploadLedger::lock(const std::string& upload) {
  const std::lock_guard lock(mutex_);
  return writing_.insert(upload).second;
}

void UploadLedger::end(const std::string& upload) {
  const std::lock_guard lock(mutex_);
  writing_.erase(upload);
}

bool UploadLedger::unwritten(const std::string& upload, const std::function<bool()>& holds) {
  const std::lock_guard lock(mutex_);
  return !writing_.contains(upload) && holds();
}

void UploadLedger::add(const std::string& owner, const std::string& upload, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  Owner& account = owners_[owner];
  // A quota lowered since does not make the sum wrap: what is over it only keeps new uploads out.
  if (counted(size) <= quota_ - account.announced && account.uploads.emplace(upload, counted(size)).second)
    account.announced += counted(size);
}

void UploadLedger::settle(const std::string& owner, const std::string& upload) {
  const std::lock_guard lock(mutex_);
  const auto account = owners_.find(owner);
  if (account == owners_.end()) return;
  const auto found = account->second.uploads.find(upload);
  if (found == account->second.uploads.end()) return;
  account->second.announced -= found->second;
  account->second.uploads.erase(found);
  if (account->second.uploads.empty()) owners_.erase(account);
}

}  // namespace tram::store
