// A model of a disk below real files: it knows what a power cut would leave, and fails when told to.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace tram::store {

/// Real files are the page cache: what a living process and its successor see. The model keeps beside them
/// what is durable: a file's bytes at its last successful sync, a folder's names at its last one. A wrapper
/// asks it at every step that changes something, and applies to the real file what it answers. Steps count
/// from 1. Threads: any.
class FailingDisk {
 public:
  enum class Failure {
    lost,      ///< an I/O error; nothing is written. What a lost sync should have made durable never will be
    kept,      ///< an I/O error; the step has its full effect all the same
    ignored,   ///< no error, and nothing is written or durable: a disk that lies. Syncs alone
    full,      ///< no space; nothing is written. Writes alone
    half_full  ///< no space after half of the bytes. Writes alone
  };
  /// What a power cut leaves of what was not synced.
  enum class PowerCut {
    drops_all,    ///< nothing
    tears_last,   ///< all, of the last write a part
    keeps_subset  ///< each write or not, the last one torn; names or not
  };
  /// What the wrapper does: apply the step (of a write so many bytes), then answer `error` unless it is 0.
  struct Verdict {
    bool apply = true;
    std::size_t bytes = 0;
    int error = 0;
  };

  /// Steps `first` to `last` fail so.
  void fail(std::uint64_t first, std::uint64_t last, Failure how);
  /// As after the end of the process: each further step fails and changes nothing.
  void stop();
  [[nodiscard]] bool stopped() const;
  [[nodiscard]] std::uint64_t steps() const;
  /// Called after each step, on its thread, the model not locked. Set before the first step.
  std::function<void()> after_step = [] {};

  Verdict create(const std::string& path);  ///< or opens: known files stay as they are
  Verdict write(const std::string& path, std::uint64_t offset, BytesView bytes);
  Verdict truncate(const std::string& path, std::uint64_t size);
  Verdict sync(const std::string& path, bool folder_too);
  Verdict rename(const std::string& from, const std::string& to);
  Verdict remove(const std::string& path, bool durably);
  Verdict sync_folder(const std::string& folder);

  /// Writes what a power cut now would leave of the files below `folder` to the same places below `to`. The
  /// seed chooses. Folders are taken to be durable.
  void leave(const std::string& folder, const std::string& to, PowerCut cut, std::uint64_t seed) const;

 private:
  struct Change {
    std::uint64_t offset = 0;  // of a truncation: the new size
    std::optional<Bytes> bytes;
  };
  struct Inode {
    Bytes durable;
    std::vector<Change> pending;
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>>;

  enum class Step { write, sync, other };
  [[nodiscard]] Verdict judge(std::size_t bytes, Step step);
  [[nodiscard]] std::shared_ptr<Inode> at(const std::string& path);
  static void apply(Bytes& content, const Change& change);
  void set_durable_names(const std::string& folder);

  mutable std::mutex mutex_;  // of all that follows
  std::uint64_t steps_ = 0;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
  Failure failure_ = Failure::lost;
  bool stopped_ = false;
  Names current_;
  Names durable_;
  std::shared_ptr<Inode> last_written_;
};

}  // namespace tram::store
