// The rules of pruning: what may go, and when. See housekeeper.h for what does it.
#pragma once

#include "base/error.h"
#include "exchange/message_store.h"
#include "exchange/settings.h"

namespace tram::exchange {

/// How long a finished message is kept as known. Never less than a replay of it could still be accepted: a
/// message signed up to `replay_window` ago is taken, by a clock that differs by `clock_tolerance`.
[[nodiscard]] Duration record_retention(const Settings& settings);

/// True if nothing is to be done for the message any more, and nothing was since `before`: no copy and no
/// inbox entry is kept of it; and, where its sender is, each recipient has taken it, or an operator has
/// closed it. Of a status nobody sends word that it arrived: it is finished when it is sent, unless it is a
/// dead letter.
[[nodiscard]] bool is_finished(Transaction& transaction, const StoredMessage& message, Timestamp before);

/// DATA_LOSS, CONTENT_PRUNED: what to tell who asks for the contents of a message that has lost them by rule.
[[nodiscard]] Error content_pruned(const StoredMessage& message);

}  // namespace tram::exchange
