// Large contents, a file each.
//
//   <upload name>.part   being uploaded
//   <upload name>.bin    complete: its bytes have the digest in its name
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "exchange/content_store.h"
#include "store/container_pins.h"
#include "store/content/container_files.h"
#include "store/content_options.h"
#include "store/upload_ledger.h"

namespace tram::store {

/// Threads: any.
class Uploads {
 public:
  /// REQUIRES: the folder exists. Counts what lies there as `.part` against its owners, and makes the
  /// names that a killed process left durable. What is complete may be in use: see count_unused().
  [[nodiscard]] static Result<std::unique_ptr<Uploads>> open(Disk& disk, std::string folder,
                                                             const ContentOptions& options,
                                                             ContainerPins& pins);

  /// Counts complete uploads against their owners too, but for those that `is_used` knows.
  [[nodiscard]] Result<void> count_unused(const std::function<bool(const std::string&)>& is_used) const;

  /// As the port says.
  [[nodiscard]] Result<exchange::UploadState> state(const std::string& name, std::uint64_t size) const;
  [[nodiscard]] Result<std::unique_ptr<exchange::Upload>> resume(const std::string& owner,
                                                                 const Digest& sha256, std::uint64_t size,
                                                                 std::uint64_t offset);
  [[nodiscard]] Result<exchange::ContentLocation> uploaded(const std::string& owner, const Digest& sha256,
                                                           std::uint64_t size);

  /// False while somebody writes it. Else it is as if it were not there, and writers are kept out until
  /// let_in_writers().
  [[nodiscard]] bool lock_out_writers(const std::string& name);
  /// With true, the upload is gone and counts against nobody any more.
  void let_in_writers(const std::string& name, bool gone) const;

 private:
  Uploads(Disk& disk, std::string folder, const ContentOptions& options, ContainerPins& pins)
      : disk_(disk),
        folder_(std::move(folder)),
        options_(options),
        pins_(pins),
        ledger_(std::make_shared<UploadLedger>(options.upload_quota)) {}

  /// Whether it is there whole, under a name that no power cut takes away.
  [[nodiscard]] bool is_complete(const std::string& name) const;
  void give_up(const std::string& name) const;

  Disk& disk_;
  const std::string folder_;
  const ContentOptions options_;
  ContainerPins& pins_;
  const std::shared_ptr<UploadLedger> ledger_;  // shared with the uploads being written
};

}  // namespace tram::store
