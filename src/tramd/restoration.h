// Starting on data that were restored from a backup.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "exchange/message_store.h"
#include "exchange/settings.h"
#include "store/node_backup.h"

namespace tram::daemon {

/// A copy lacks what came after it was taken; its log may have gone on elsewhere under the old name, which
/// nobody may fork. So a restored node begins a new epoch: its log has a new origin, whose first entry names
/// the old one, and peers hand back what they sent since. The data folder remembers that (`restored.json`).
/// The origin is the former one with a random part, another for each restore: a second one from the same
/// backup cannot sign what contradicts the first. One thread.
class Restoration {
 public:
  Restoration() = default;
  /// FAILED_PRECONDITION, RESTORED_NEEDS_NEW_ORIGIN, while the configuration does not have the log origin
  /// that this restore is to have; the error says which.
  [[nodiscard]] static Result<Restoration> look(const std::string& data, const std::string& log_origin);

  /// Once: the entry that begins the epoch, durable before `backup.json` becomes `restored.json`, which also
  /// says from when on this restore asks peers to hand back.
  [[nodiscard]] Result<void> begin_epoch(exchange::MessageStore& messages, const AgencyCode& node,
                                         Timestamp now);
  /// Nothing if this is no restored node.
  [[nodiscard]] std::optional<exchange::Restored> restored() const;
  /// Keeps what exchange::Observer::reconciled() says, for the next run. INTERNAL if the folder is unusable.
  [[nodiscard]] Result<void> keep_reconciled(const std::vector<std::string>& owed,
                                             const exchange::LostMessages& lost) const;

 private:
  [[nodiscard]] Result<void> check_origin(const store::BackupOrigin& backup,
                                          const std::string& log_origin) const;
  [[nodiscard]] Result<void> keep_restored() const;

  std::string data_;
  std::optional<store::BackupOrigin> origin_;
  bool new_ = false;
};

}  // namespace tram::daemon
