// PostgreSQL as a queue: INSERT of one document a transaction; a recipient claims one with SELECT … FOR
// UPDATE SKIP LOCKED, deletes it and commits. Several connections of each kind, for one does one thing at a
// time. Recipients are told in this process that something was committed: as NOTIFY would, without its cost.
#include <libpq-fe.h>

#include <atomic>
#include <semaphore>
#include <thread>
#include <vector>

#include "tests/bench/ledger.h"
#include "tests/bench/payload.h"
#include "tests/bench/peers/peer_options.h"

namespace tram::bench {
namespace {

constexpr int kBinary = 1;

class Result {
 public:
  Result(PGconn* connection, PGresult* result, const char* step) : result_(result) {
    const auto status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_PIPELINE_SYNC)
      give_up(std::string("postgresql: ") + step + ": " + PQerrorMessage(connection));
  }
  ~Result() { PQclear(result_); }
  Result(const Result&) = delete;
  Result& operator=(const Result&) = delete;

  [[nodiscard]] bool empty() const { return PQntuples(result_) == 0; }
  [[nodiscard]] std::string_view field(int column) const {
    return {PQgetvalue(result_, 0, column), static_cast<std::size_t>(PQgetlength(result_, 0, column))};
  }

 private:
  PGresult* result_;
};

class Connection {
 public:
  explicit Connection(const PeerOptions& options)
      : connection_(PQconnectdb(("host=" + options.host + " port=" + std::to_string(options.port) +
                                 " user=bench dbname=postgres sslmode=disable")
                                    .c_str())) {
    if (PQstatus(connection_) != CONNECTION_OK)
      give_up(std::string("postgresql: connecting: ") + PQerrorMessage(connection_));
  }
  ~Connection() { PQfinish(connection_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void run(const char* sql) const { const Result done(connection_, PQexec(connection_, sql), sql); }
  void prepare(const char* name, const char* sql) const {
    const Result done(connection_, PQprepare(connection_, name, sql, 0, nullptr), sql);
  }

  void insert(const std::string& payload) const {
    const char* value = payload.data();
    const int length = static_cast<int>(payload.size()), format = kBinary;
    const Result done(connection_,
                      PQexecPrepared(connection_, "insert", 1, &value, &length, &format, kBinary),
                      "inserting");
  }

  void enter_pipeline() const {
    if (PQenterPipelineMode(connection_) != 1) give_up("postgresql: no pipeline mode");
  }

  /// Queues a prepared statement with at most one parameter of eight bytes.
  void queue(const char* name, const std::string& number = {}) const {
    const char* value = number.data();
    const int length = static_cast<int>(number.size()), format = kBinary;
    if (PQsendQueryPrepared(connection_, name, number.empty() ? 0 : 1, &value, &length, &format, kBinary) !=
        1)
      give_up(std::string("postgresql: ") + PQerrorMessage(connection_));
  }
  void send() const {
    if (PQpipelineSync(connection_) != 1) give_up(std::string("postgresql: ") + PQerrorMessage(connection_));
  }
  /// The result of the oldest statement queued.
  [[nodiscard]] Result next(const char* step) const {
    PGresult* result = PQgetResult(connection_);
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) return Result(connection_, result, step);
    PQclear(PQgetResult(connection_));  // the null that ends one statement
    return Result(connection_, result, step);
  }

 private:
  PGconn* connection_;
};

using Waiting = std::counting_semaphore<>;

void make_table(const PeerOptions& options) {
  const Connection connection(options);
  connection.run(
      "CREATE TABLE documents (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, content bytea)");
  connection.run(
      "ALTER TABLE documents ALTER COLUMN content SET STORAGE EXTERNAL");  // a document is no text to shrink
}

void produce(const PeerOptions& options, Ledger& ledger, Waiting& waiting) {
  const Connection connection(options);
  connection.prepare("insert", "INSERT INTO documents (content) VALUES ($1)");
  const auto deadline = Clock::now() + std::chrono::seconds(options.seconds);
  while (const auto id = ledger.next(deadline)) {
    connection.insert(payload_of(*id, options.bytes));
    ledger.answered(*id, true, {});
    waiting.release();
  }
}

class Recipient {
 public:
  explicit Recipient(const PeerOptions& options) : connection_(options) {
    connection_.prepare("begin", "BEGIN");
    connection_.prepare(
        "claim", "SELECT number, content FROM documents ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED");
    connection_.prepare("delete", "DELETE FROM documents WHERE number = $1");
    connection_.prepare("commit", "COMMIT");
    connection_.enter_pipeline();
  }

  void run(Ledger& ledger, Waiting& waiting, const std::atomic<bool>& over) const {
    while (!over) {
      if (waiting.try_acquire_for(std::chrono::milliseconds(200)) && !take_one(ledger)) waiting.release();
    }
  }

 private:
  // Two round trips: BEGIN and the claim, then DELETE and COMMIT.
  bool take_one(Ledger& ledger) const {
    connection_.queue("begin");
    connection_.queue("claim");
    connection_.send();
    static_cast<void>(connection_.next("beginning"));
    std::string number, id;
    {
      const Result claimed = connection_.next("claiming");
      if (!claimed.empty()) {
        number = claimed.field(0);
        id = id_of_payload(claimed.field(1));
        ledger.delivered(id, id, false);
      }
    }
    static_cast<void>(connection_.next("claiming"));
    if (!number.empty()) connection_.queue("delete", number);
    connection_.queue("commit");
    connection_.send();
    if (!number.empty()) static_cast<void>(connection_.next("deleting"));
    static_cast<void>(connection_.next("committing"));
    static_cast<void>(connection_.next("committing"));
    if (!number.empty()) ledger.acknowledged(id);
    return !number.empty();
  }

  Connection connection_;
};

void run(const PeerOptions& options, Ledger& ledger) {
  make_table(options);
  Waiting waiting(0);
  std::atomic<bool> over{false};
  std::vector<std::thread> recipients, producers;
  for (unsigned i = 0; i < options.connections; ++i) {
    recipients.emplace_back([&] { Recipient(options).run(ledger, waiting, over); });
    producers.emplace_back([&] { produce(options, ledger, waiting); });
  }
  for (auto& thread : producers) thread.join();
  ledger.wait_done(Clock::now() + std::chrono::seconds(options.drain_seconds));
  over = true;
  for (auto& thread : recipients) thread.join();
}

}  // namespace
}  // namespace tram::bench

int main(int argc, char** argv) {
  using namespace tram::bench;
  const PeerOptions options = parse_peer_options(argc, argv);
  Ledger ledger(options.in_flight, 0, false);
  run(options, ledger);
  return report(ledger.summary());
}
