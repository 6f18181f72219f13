// Removing from SQLite's tables, and finding what may go.
#pragma once

#include "exchange/retention_store.h"
#include "store/failure_handler.h"
#include "store/sqlite/batch.h"
#include "store/sqlite/database.h"
#include "store/sqlite/reader_pool.h"

namespace tram::store {

/// Part of a SqliteTransaction. Throws StorageFailed and UnitFailed through the unit.
class SqlitePruning final : public exchange::Pruning {
 public:
  SqlitePruning(Database& database, Batch& batch) : database_(database), batch_(batch) {}

  [[nodiscard]] bool is_queued(exchange::MessageRow message) override;
  void drop_contents(exchange::MessageRow message, Timestamp now) override;
  void restore_contents(exchange::MessageRow message,
                        const std::vector<exchange::ContentLocation>& contents) override;
  bool move_content(exchange::MessageRow message, const exchange::ContentLocation& from,
                    const exchange::ContentLocation& to) override;
  void remove_message(exchange::MessageRow message) override;
  std::size_t drop_records(std::uint64_t below, std::size_t limit) override;
  std::size_t thin_checkpoints(const std::string& origin, std::size_t limit) override;
  bool remove_certificate(const Digest& sha256) override;
  std::size_t give_back(std::size_t pages) override;
  void empty_write_ahead() override { batch_.empty_write_ahead = true; }

 private:
  [[nodiscard]] std::vector<exchange::ContentLocation> contents_of(exchange::MessageRow message);
  void remove_receipts(exchange::MessageRow message);
  [[nodiscard]] std::int64_t number(const char* pragma);

  Database& database_;
  Batch& batch_;
};

/// Threads: any. A failure goes to the handler, and the answer is empty.
class SqliteRetentionView final : public exchange::RetentionView {
 public:
  SqliteRetentionView(ReaderPool& readers, const FailureHandler& on_failure)
      : readers_(readers), on_failure_(on_failure) {}

  [[nodiscard]] std::vector<exchange::OldMessage> with_contents(
      Timestamp before, const std::optional<exchange::OldMessage>& after, std::size_t limit) const override;
  [[nodiscard]] std::vector<exchange::OldMessage> oldest(exchange::MessageRow after,
                                                         std::size_t limit) const override;
  [[nodiscard]] std::optional<Timestamp> newest() const override;
  [[nodiscard]] exchange::ContainerUse use_of(const std::string& container) const override;
  [[nodiscard]] std::vector<exchange::MessageRow> users_of(const std::string& container,
                                                           exchange::MessageRow after,
                                                           std::size_t limit) const override;
  [[nodiscard]] std::vector<exchange::KeptCertificate> certificates(const std::optional<Digest>& after,
                                                                    std::size_t limit) const override;

 private:
  template <class Reader>
  auto read(Reader reader) const;

  ReaderPool& readers_;
  const FailureHandler& on_failure_;
};

}  // namespace tram::store
