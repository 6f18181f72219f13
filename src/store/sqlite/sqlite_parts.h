// What an open SQLite message store consists of, and how it is opened.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "store/certificate_cache.h"
#include "store/folder_lock.h"
#include "store/recent_messages.h"
#include "store/sqlite/committed_log.h"
#include "store/sqlite/committer.h"
#include "store/sqlite/reader_pool.h"
#include "store/sqlite/sqlite_alarms.h"
#include "store/sqlite/sqlite_message_store.h"
#include "store/sqlite/sqlite_pruning.h"
#include "store/sqlite/waiting_rows.h"

namespace tram::store {

/// Some hundred documents under way. More would only push other things out of the processor's caches.
constexpr std::size_t kRecentBytes = 2 << 20;

/// In order of construction; the committer ends first.
struct SqliteMessageStore::Parts {
  Parts(FolderLock held, const std::string& database_path, const std::string& vfs, FailureHandler handler)
      : lock(std::move(held)),
        path(database_path),
        on_failure(std::move(handler)),
        readers(database_path, vfs),
        waiting(ReaderPool::connect(database_path, vfs)),
        log(readers),
        retention(readers, on_failure),
        alarms(readers, on_failure) {}

  FolderLock lock;
  std::string path;  // of the database
  FailureHandler on_failure;
  ReaderPool readers;
  WaitingRows waiting;
  RecentMessages recent{kRecentBytes};
  CertificateCache certificates;
  CommittedLog log;
  SqliteRetentionView retention;
  SqliteAlarmView alarms;
  std::int64_t queued_before_start = 0;  // queue rows up to here may have been handed over by a predecessor
  std::unique_ptr<Committer> committer;
};

}  // namespace tram::store
