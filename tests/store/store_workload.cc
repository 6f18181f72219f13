#include "tests/store/store_workload.h"

#include <sqlite3.h>

#include <stdexcept>

#include "store/memory/memory_content_store.h"
#include "store/memory/memory_disk.h"
#include "store/sqlite/sqlite_message_store.h"
#include "tests/contract/message_store_contract.h"
#include "tests/contract/temporary_folder.h"
#include "tests/store/fault_vfs.h"

namespace tram::store {

using namespace exchange;

namespace {

constexpr Timestamp kWhen{Duration(1'700'000'000'000'000)};

Error gone() { return failure(ErrorCode::not_found, "MESSAGE_GONE", "an earlier unit was refused"); }

void log_event(Transaction& transaction, const std::string& what, MessageRow row, const std::string& link) {
  transaction.append_record(what + std::string(300, '.'), row, link);
}

UnitOfWork accept(std::string id, int priority, std::string earlier = "") {
  return [=](Transaction& transaction) -> Result<void> {
    if (transaction.find(contract::key(id)))
      return failure(ErrorCode::already_exists, "MESSAGE_EXISTS", "accepted already");
    StoredMessage message = contract::message(id);
    message.header += Bytes(700, ' ');
    message.header_digest = Sha256::of(message.header);
    message.log_index = transaction.log_size();
    const MessageRow row = transaction.insert(message);
    transaction.put_recipient(row, {contract::agency("G09.02"), RecipientState::accepted, "", {}, kWhen});
    OutgoingItem item = contract::outgoing(row, "axis", priority);
    if (const auto known = transaction.find(contract::key(earlier))) item.after = {known->row};
    transaction.queue_outgoing(item);
    if (priority > 0) transaction.queue_inbox(contract::inbox(row, "H52.05", "default", priority));
    log_event(transaction, "accepted " + id, row, "axis");
    return {};
  };
}

UnitOfWork relayed(std::string id) {
  return [=](Transaction& transaction) -> Result<void> {
    const auto known = transaction.find(contract::key(id));
    if (!known) return gone();
    for (const OutgoingItem& item : transaction.outgoing_of(known->row))
      transaction.remove_outgoing(item.row);
    transaction.put_recipient(known->row,
                              {contract::agency("G09.02"), RecipientState::relayed, "", {}, kWhen});
    StoredReceipt receipt;
    receipt.node = contract::agency("A01");
    receipt.proof = {"relayed " + id, 3, {Sha256::of("path")}};
    receipt.origin = "log/a01";
    receipt.checkpoint_size = 9;
    transaction.put_receipt(known->row, receipt);
    transaction.put_checkpoint("log/a01", 9, "note");
    log_event(transaction, "relayed " + id, known->row, "");
    return {};
  };
}

UnitOfWork handed_over(std::string id) {
  return [=](Transaction& transaction) -> Result<void> {
    const auto known = transaction.find(contract::key(id));
    if (!known) return gone();
    const auto item = transaction.inbox_item(known->row, contract::agency("H52.05"));
    if (!item) return gone();
    transaction.remove_inbox(item->row);
    log_event(transaction, "handed over " + id, known->row, "axis");
    return {};
  };
}

UnitOfWork dead(std::string id) {
  return [=](Transaction& transaction) -> Result<void> {
    const auto known = transaction.find(contract::key(id));
    if (!known) return gone();
    for (const OutgoingItem& item : transaction.outgoing_of(known->row))
      transaction.update_outgoing(item.row, QueueState::dead, item.attempts + 1, "REFUSED: by the peer");
    transaction.put_recipient(known->row,
                              {contract::agency("G09.02"), RecipientState::dead, "REFUSED: x", {}, kWhen});
    log_event(transaction, "dead " + id, known->row, "");
    return {};
  };
}

// Writes much, and then is undone by itself.
UnitOfWork refused() {
  return [](Transaction& transaction) -> Result<void> {
    const auto accepted = accept("refused", 1)(transaction);
    return accepted ? Result<void>(failure(ErrorCode::failed_precondition, "REFUSED", "by a rule"))
                    : accepted;
  };
}

UnitOfWork receipts() {
  return [](Transaction& transaction) -> Result<void> {
    OutgoingItem item;
    item.link = "axis";
    item.bundle = "receipts up to " + std::to_string(transaction.log_size());
    item.queued_at = kWhen;
    transaction.queue_outgoing(item);
    transaction.put_checkpoint("log/h52", transaction.log_size(), Bytes(150, 'c'));
    transaction.set_receipt_cursor(transaction.log_size());
    return {};
  };
}

UnitOfWork many_records(int count, std::size_t size) {
  return [=](Transaction& transaction) -> Result<void> {
    for (int i = 0; i < count; ++i)
      transaction.append_record(std::to_string(transaction.log_size()) + Bytes(size, 'r'), std::nullopt, "");
    return {};
  };
}

UnitOfWork registered() {
  return [](Transaction& transaction) -> Result<void> {
    RegistryEntry entry;
    entry.certificate = Sha256::of("system");
    entry.agency = contract::agency("H52.01");
    entry.system = "qlvb";
    entry.added_at = kWhen;
    transaction.put_registry_entry(entry);
    transaction.put_certificate(Sha256::of("certificate"), Bytes(900, 'd'));
    return {};
  };
}

UnitOfWork pruned(std::string id) {
  return [=](Transaction& transaction) -> Result<void> {
    const auto known = transaction.find(contract::key(id));
    if (known && !transaction.pruning().is_queued(known->row)) {
      transaction.pruning().drop_contents(known->row, kWhen);
      transaction.pruning().remove_message(known->row);
    }
    transaction.pruning().give_back(16);
    transaction.pruning().empty_write_ahead();
    return {};
  };
}

std::vector<UnitOfWork> script() {
  std::vector<UnitOfWork> units{registered()};
  for (int i = 0; i < 4; ++i) units.push_back(accept("early-" + std::to_string(i), i % 2));
  units.insert(units.end(), {refused(), receipts(), relayed("early-0"), pruned("early-0")});
  units.insert(units.end(), {accept("recall", 1, "early-1"), dead("early-1"), handed_over("early-1")});
  units.insert(units.end(), {many_records(250, 40), receipts(), relayed("early-2"), handed_over("recall")});
  units.insert(units.end(), {many_records(3, 30'000), pruned("early-2"), refused()});
  for (int i = 0; i < 3; ++i) units.push_back(accept("late-" + std::to_string(i), 1));
  units.insert(units.end(), {relayed("late-0"), handed_over("late-0"), pruned("late-0"), receipts()});
  return units;
}

void check(int code, sqlite3* database) {
  if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
    throw std::runtime_error(sqlite3_errmsg(database));
}

struct Reader {
  Reader(const std::string& folder, const std::string& vfs) {
    check(sqlite3_open_v2((folder + "/messages.db").c_str(), &database, SQLITE_OPEN_READWRITE, vfs.c_str()),
          database);
  }
  ~Reader() { sqlite3_close(database); }

  // A column that is no number is written with its length.
  std::string rows(const std::string& sql) const {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr), database);
    std::string out;
    int code = sqlite3_step(statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        if (BytesView(sqlite3_column_name(statement, i)) == "turn") continue;
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, i));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
        out += std::to_string(size) + ":" + (bytes == nullptr ? "" : std::string(bytes, size)) + "|";
      }
      out += "\n";
    }
    sqlite3_finalize(statement);
    check(code, database);
    return out;
  }

  sqlite3* database = nullptr;
};

}  // namespace

const std::vector<UnitOfWork>& workload() {
  static const std::vector<UnitOfWork> units = script();
  return units;
}

std::string dump(const std::string& folder, const std::string& vfs) try {
  const Reader reader(folder, vfs);
  if (const std::string found = reader.rows("PRAGMA integrity_check"); found != "2:ok|\n")
    throw std::runtime_error(found);
  std::string out;
  std::string tables = reader.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
  while (!tables.empty()) {
    const auto colon = tables.find(':');
    const std::string table = tables.substr(colon + 1, std::stoul(tables));
    tables.erase(0, tables.find('\n') + 1);
    out += table + "\n" + reader.rows("SELECT * FROM " + table);
  }
  return out;
} catch (const std::runtime_error& damage) {
  return std::string("damaged: ") + damage.what();
}

const std::string& ExpectedDumps::after(const std::vector<std::size_t>& units) {
  const auto [place, is_new] = known_.try_emplace(units);
  if (!is_new) return place->second;
  const contract::TemporaryFolder folder;
  const FaultVfs vfs(nullptr);
  MemoryContentStore contents(std::make_shared<MemoryContentDisk>());
  {
    SqliteOptions options{contents, [](const Error& error) { throw std::runtime_error(error.text()); }};
    options.vfs = vfs.name();
    const auto store = SqliteMessageStore::open(folder.path(), options).value();
    // One that is refused by itself leaves nothing.
    for (const std::size_t unit : units) static_cast<void>(contract::commit(*store, workload()[unit]));
  }
  place->second = dump(folder.path(), vfs.name());
  return place->second;
}

}  // namespace tram::store
