// Where a backup comes to lie. It gets the folder's name when it is whole and durable, not before: what
// breaks off on the way is never taken for a backup.
#pragma once

#include <tram/v1/operations.pb.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "tramctl/durable_file.h"

namespace tram::client {

/// Takes a backup's pieces in the order they come, into DIR.part beside DIR. One thread; one process at a
/// time, which holds a lock on DIR.part. Errors of all calls: also INTERNAL, FILE_UNWRITABLE with the path
/// and the system's word.
class BackupFolder {
 public:
  /// What a broken-off backup left in DIR.part stays until the first piece comes. Errors: FAILED_PRECONDITION
  /// with FOLDER_EXISTS if DIR is there, PART_EXISTS if DIR.part holds anything else, FOLDER_IN_USE.
  [[nodiscard]] static Result<std::unique_ptr<BackupFolder>> open(std::string dir);
  /// Leaves DIR.part as it is, or nothing if no piece came.
  ~BackupFolder();
  BackupFolder(const BackupFolder&) = delete;
  BackupFolder& operator=(const BackupFolder&) = delete;

  /// Each file is durable before the next begins. Errors: DATA_LOSS, BACKUP_MALFORMED for a name that leads
  /// out of the folder.
  [[nodiscard]] Result<void> take(const v1::BackupPiece& piece);
  /// REQUIRES: complete(). Durable under the name DIR from then on.
  [[nodiscard]] Result<void> publish();

  [[nodiscard]] const std::string& dir() const { return dir_; }
  [[nodiscard]] const std::string& part() const { return part_; }
  [[nodiscard]] bool begun() const { return begun_; }        ///< a piece came
  [[nodiscard]] bool complete() const { return complete_; }  ///< and the one that says so
  [[nodiscard]] std::uint64_t files() const { return files_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  explicit BackupFolder(std::string dir);
  [[nodiscard]] Result<void> hold_part();
  [[nodiscard]] Result<void> empty_part() const;
  [[nodiscard]] Result<void> begin_file(const std::string& name);
  [[nodiscard]] Result<void> finish_file();

  const std::string dir_, part_;
  FileHandle lock_;   // on part_
  std::string name_;  // of the file that is being written; path_ and folder_ are its
  std::string path_, folder_;
  FileHandle file_;
  std::uint64_t files_ = 0;
  std::uint64_t bytes_ = 0;
  bool begun_ = false;
  bool complete_ = false;
};

}  // namespace tram::client
