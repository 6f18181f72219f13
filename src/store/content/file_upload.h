// One upload being written to its file.
#pragma once

#include <memory>
#include <string>

#include "exchange/content_store.h"
#include "store/content/file.h"
#include "store/content_options.h"
#include "store/upload_ledger.h"

namespace tram::store {

/// Which upload, and where.
struct UploadPlace {
  Disk& disk;
  std::string folder;
  std::string name;
  std::string owner;  ///< as the ledger knows it
  Digest sha256;
  std::uint64_t size = 0;
  std::shared_ptr<UploadLedger> ledger;
  ContentOptions options;

  [[nodiscard]] std::string part() const { return folder + "/" + name + ".part"; }
  [[nodiscard]] std::string complete() const { return folder + "/" + name + ".bin"; }
};

/// Hashes as it writes. Gives its place in the ledger back when it is complete, or destroyed.
class FileUpload final : public exchange::Upload {
 public:
  /// Hashes what is stored again. REQUIRES: the ledger has begun it. Errors as the port's resume_upload().
  [[nodiscard]] static Result<std::unique_ptr<exchange::Upload>> resume(UploadPlace place,
                                                                        std::uint64_t offset);
  ~FileUpload() override;

  [[nodiscard]] Result<void> write(BytesView chunk) override;
  [[nodiscard]] Result<exchange::UploadState> finish() override;

 private:
  FileUpload(UploadPlace place, File file) : place_(std::move(place)), file_(std::move(file)) {}
  [[nodiscard]] Result<void> hash_prefix(std::uint64_t length);
  [[nodiscard]] Result<exchange::UploadState> complete();
  void discard();
  void leave_ledger();

  const UploadPlace place_;
  const File file_;
  Sha256 hash_;
  std::uint64_t written_ = 0;
  std::uint64_t begun_ = 0;  // up to here the disk was told to begin
  bool ended_ = false;       // complete or discarded
  bool in_ledger_ = true;
};

/// An upload that was complete already: takes no byte, and finishes.
[[nodiscard]] std::unique_ptr<exchange::Upload> finished_upload(std::uint64_t size);

}  // namespace tram::store
