// Large contents, a file each.
//
//   <upload name>.part   being uploaded
//   <upload name>.bin    complete: its bytes have the digest in its name
#pragma once

#include <memory>
#include <string>

#include "exchange/content_store.h"
#include "store/upload_ledger.h"

namespace tram::store {

/// Threads: any.
class Uploads {
 public:
  /// REQUIRES: the folder exists. Counts what lies there as `.part` against its owners.
  [[nodiscard]] static Result<std::unique_ptr<Uploads>> open(std::string folder, std::uint64_t quota);

  /// As the port says.
  [[nodiscard]] Result<exchange::UploadState> state(const std::string& name, std::uint64_t size) const;
  [[nodiscard]] Result<std::unique_ptr<exchange::Upload>> resume(const std::string& owner,
                                                                 const Digest& sha256, std::uint64_t size,
                                                                 std::uint64_t offset);
  [[nodiscard]] Result<exchange::ContentLocation> uploaded(const std::string& owner, const Digest& sha256,
                                                           std::uint64_t size);

 private:
  Uploads(std::string folder, std::uint64_t quota)
      : folder_(std::move(folder)), ledger_(std::make_shared<UploadLedger>(quota)) {}

  const std::string folder_;
  const std::shared_ptr<UploadLedger> ledger_;  // shared with the uploads being written
};

}  // namespace tram::store
