// Removing from tables in memory, and finding what may go.
#pragma once

#include "exchange/retention_store.h"
#include "store/memory/memory_disk.h"
#include "store/memory/undo.h"

namespace tram::store {

/// Part of a MemoryTransaction. REQUIRES: the disk's mutex.
class MemoryPruning final : public exchange::Pruning {
 public:
  MemoryPruning(MemoryTables& tables, Undo& undo) : tables_(tables), undo_(undo) {}

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
  std::size_t give_back(std::size_t) override { return 0; }
  void empty_write_ahead() override {}

 private:
  [[nodiscard]] bool proves(const std::string& origin, std::uint64_t size) const;
  void remove_receipts(exchange::MessageRow message);
  template <class Map>
  void erase_all(Map& map, exchange::MessageRow message);

  MemoryTables& tables_;
  Undo& undo_;
};

/// Threads: any.
class MemoryRetentionView final : public exchange::RetentionView {
 public:
  explicit MemoryRetentionView(MemoryDisk& disk) : disk_(disk) {}

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
  MemoryDisk& disk_;
};

}  // namespace tram::store
