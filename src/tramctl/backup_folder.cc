#include "tramctl/backup_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "tramctl/text.h"

namespace tram::client {
namespace {

namespace fs = std::filesystem;

constexpr char kFirstFile[] = "backup.json";  // of every backup: the node sends it first

Error refused(std::string reason, std::string message, std::string remedy) {
  return failure(ErrorCode::failed_precondition, std::move(reason), std::move(message), std::move(remedy));
}

std::string without_last_slashes(std::string dir) {
  while (dir.size() > 1 && dir.back() == '/') dir.pop_back();
  return dir;
}

bool is_there(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

// Nothing else is ever removed.
bool is_rest_of_backup(const std::string& part) {
  std::error_code error;
  return fs::is_empty(part, error) || is_there(part + "/" + kFirstFile);
}

// Names come from the node: nothing leads out of the folder.
bool is_inside(const std::string& name) {
  if (name.empty() || name.front() == '/' || name.find("..") != std::string::npos) return false;
  return name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz-./") == std::string::npos;
}

}  // namespace

BackupFolder::BackupFolder(std::string dir) : dir_(std::move(dir)), part_(dir_ + ".part") {}

BackupFolder::~BackupFolder() {
  if (!begun_ && lock_) ::rmdir(part_.c_str());  // fails if it holds anything
}

Result<std::unique_ptr<BackupFolder>> BackupFolder::open(std::string dir) {
  std::unique_ptr<BackupFolder> out(new BackupFolder(without_last_slashes(std::move(dir))));
  if (is_there(out->dir_))
    return refused("FOLDER_EXISTS", out->dir_ + " exists already", "name a folder that is not there yet");
  if (auto held = out->hold_part(); !held) return held.error();
  return out;
}

Result<void> BackupFolder::hold_part() {
  if (::mkdir(part_.c_str(), 0700) != 0 && errno != EEXIST) return file_unwritable(part_, errno);
  FileHandle lock(::open(part_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  const Error in_the_way = refused("PART_EXISTS", part_ + " is not what a broken-off backup leaves",
                                   "the copy is written there until it is whole: move it away, or name "
                                   "another folder for the backup");
  if (!lock && (errno == ENOTDIR || errno == ELOOP)) return in_the_way;
  if (!lock) return file_unwritable(part_, errno);
  // Some network file systems lock no folders; a backup is welcome there all the same.
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return refused("FOLDER_IN_USE", "another tramctl backup writes into " + part_,
                   "wait until it has ended, or name another folder");
  if (!is_rest_of_backup(part_)) return in_the_way;
  if (::fchmod(lock.get(), 0700) != 0) return file_unwritable(part_, errno);
  lock_ = std::move(lock);
  return {};
}

// The folder itself stays: the lock is on it.
Result<void> BackupFolder::empty_part() const {
  std::error_code error;
  std::vector<fs::path> old;
  for (fs::directory_iterator at(part_, error), end; !error && at != end; at.increment(error))
    old.push_back(at->path());
  if (error) return file_unwritable(part_, error.value());
  for (const fs::path& each : old)
    if (fs::remove_all(each, error); error) return file_unwritable(each.string(), error.value());
  return {};
}

Result<void> BackupFolder::take(const v1::BackupPiece& piece) {
  if (!begun_) {
    if (auto emptied = empty_part(); !emptied) return emptied;
    begun_ = true;
  }
  if (piece.complete()) {
    auto done = finish_file();
    complete_ = done && files_ > 0;
    return done;
  }
  if (!file_ || piece.file() != name_) {
    if (auto done = finish_file(); !done) return done;
    if (auto begun = begin_file(piece.file()); !begun) return begun;
  }
  bytes_ += piece.data().size();
  return write_all(file_.get(), piece.data(), path_);
}

Result<void> BackupFolder::begin_file(const std::string& name) {
  if (!is_inside(name))
    return failure(ErrorCode::data_loss, "BACKUP_MALFORMED",
                   "the node sent a file named '" + shown(name) + "'", "tell the node's operator");
  const std::size_t slash = name.rfind('/');
  const std::string below = slash == std::string::npos ? "" : name.substr(0, slash);
  if (auto made = make_folders(part_, below); !made) return made;
  name_ = name;
  path_ = part_ + "/" + name;
  folder_ = below.empty() ? part_ : part_ + "/" + below;
  file_ = FileHandle(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file_) return file_unwritable(path_, errno);
  return {};
}

Result<void> BackupFolder::finish_file() {
  if (!file_) return {};
  if (::fsync(file_.get()) != 0) return file_unwritable(path_, errno);
  file_ = FileHandle();
  ++files_;
  return sync_folder(folder_);
}

Result<void> BackupFolder::publish() {
  if (auto synced = sync_folder(part_); !synced) return synced;
  if (auto moved = move_file(part_, dir_); !moved) return moved;
  const std::string parent = fs::path(dir_).parent_path().string();
  auto synced = sync_folder(parent.empty() ? "." : parent);
  if (!synced) static_cast<void>(move_file(dir_, part_));  // a name that a power loss may take is not given
  return synced;
}

}  // namespace tram::client
