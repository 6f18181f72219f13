// A script of units of work as the exchange does them, and what a store must look like after some of them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exchange/message_store.h"

namespace tram::store {

/// Accepts, relays, hands over, refuses, files receipts, fills a tile of the log, prunes. Every unit is the
/// same whenever it runs; one whose message is not there answers an error and changes nothing.
[[nodiscard]] const std::vector<exchange::UnitOfWork>& workload();

/// All rows of all tables of `folder`/messages.db but for the turns, of which undone units may take some, as
/// one text. Opens the database by itself. "damaged: …" if SQLite reports any damage.
[[nodiscard]] std::string dump(const std::string& folder, const std::string& vfs);

/// What dump() gives after exactly these units of the workload, in order, on a store where nothing failed.
class ExpectedDumps {
 public:
  [[nodiscard]] const std::string& after(const std::vector<std::size_t>& units);

 private:
  std::map<std::vector<std::size_t>, std::string> known_;
};

}  // namespace tram::store
