#include <fcntl.h>
#include <sys/stat.h>
#include <tram/v1/operations.grpc.pb.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <optional>

#include "tramctl/commands.h"
#include "tramctl/connection.h"
#include "tramctl/durable_file.h"
#include "tramctl/text.h"

namespace tram::client {
namespace {

// Takes the pieces in the order they come. Each file is durable before the next begins.
class BackupWriter {
 public:
  explicit BackupWriter(std::string dir) : dir_(std::move(dir)) {}

  Result<void> take(const v1::BackupPiece& piece) {
    if (piece.complete()) {
      complete_ = true;
      return finish();
    }
    if (piece.file() != name_) {
      if (auto done = finish(); !done) return done;
      if (auto begun = begin(piece.file()); !begun) return begun;
    }
    bytes_ += piece.data().size();
    return write_all(file_.get(), piece.data(), path_);
  }

  Result<void> finish() {
    if (!file_) return {};
    if (::fsync(file_.get()) != 0) return unwritable();
    file_ = FileHandle();
    ++files_;
    return sync_folder(folder_);
  }

  bool complete() const { return complete_; }
  std::uint64_t files() const { return files_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  Error unwritable() const {
    return failure(ErrorCode::internal, "FILE_UNWRITABLE", path_ + " cannot be written",
                   "look at the disk and begin again in an empty folder");
  }

  // Names come from the node: nothing leads out of the folder.
  Result<void> begin(const std::string& name) {
    const std::size_t slash = name.rfind('/');
    const std::string below = slash == std::string::npos ? "" : name.substr(0, slash);
    if (!is_inside(name)) {
      return failure(ErrorCode::data_loss, "BACKUP_MALFORMED",
                     "the node sent a file named '" + shown(name) + "'", "tell the node's operator");
    }
    if (!below.empty()) {
      if (auto made = make_folders(dir_, below); !made) return made;
    }
    name_ = name;
    path_ = dir_ + "/" + name;
    folder_ = below.empty() ? dir_ : dir_ + "/" + below;
    file_ = FileHandle(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file_) return {};
    return unwritable();
  }

  static bool is_inside(const std::string& name) {
    if (name.empty() || name.front() == '/' || name.find("..") != std::string::npos) return false;
    return name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz-./") == std::string::npos;
  }

  const std::string dir_;
  std::string name_;
  std::string path_;
  std::string folder_;
  FileHandle file_;
  std::uint64_t files_ = 0;
  std::uint64_t bytes_ = 0;
  bool complete_ = false;
};

}  // namespace

Result<int> backup(Context& context, const BackupOptions& options) {
  const Result<const Profile*> profile = context.profile();
  if (!profile) return profile.error();
  const Result<Connection> connection = connect(**profile);
  if (!connection) return connection.error();
  if (::mkdir(options.dir.c_str(), 0700) != 0) {
    return failure(ErrorCode::failed_precondition, "FOLDER_EXISTS",
                   options.dir + " exists already, or cannot be made", "name a folder that is not there yet");
  }
  const auto stub = v1::Operations::NewStub(connection->content);
  grpc::ClientContext call;
  const auto stream = stub->Backup(&call, v1::BackupRequest());
  BackupWriter writer(options.dir);
  v1::BackupPiece piece;
  std::optional<Error> failed;
  while (!failed && stream->Read(&piece)) {
    if (auto taken = writer.take(piece); !taken) failed = taken.error();
  }
  if (failed) call.TryCancel();
  const grpc::Status status = stream->Finish();
  if (failed) return *failed;
  if (!status.ok()) return error_of(status);
  if (!writer.complete()) {
    return failure(ErrorCode::data_loss, "BACKUP_BROKEN_OFF", "the node's copy ended before it was complete",
                   "remove " + options.dir + " and begin again");
  }
  if (auto finished = writer.finish(); !finished) return finished.error();
  if (auto synced = sync_folder(options.dir); !synced) return synced.error();
  context.print(
      boost::json::object{{"folder", options.dir}, {"files", writer.files()}, {"bytes", writer.bytes()}});
  context.line(options.dir + ": " + std::to_string(writer.files()) + " files, " +
               std::to_string(writer.bytes()) +
               " bytes. To restore it, see 'Backup and restore' in README.md.");
  return 0;
}

}  // namespace tram::client
