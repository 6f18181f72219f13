// Asks peers what they hold of this node after a restore, and keeps what it lacks.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "exchange/context.h"
#include "exchange/lost_messages.h"

namespace tram::exchange {

/// A peer lists what this node had sent it. What the node's own agencies had submitted, and the copy lacks,
/// is lost here: nobody hands it back, and its agency may send it again. One page is asked for at a time, so
/// that however long a peer's list is, what this node keeps of it is bounded. Threads: any.
class HeldLists {
 public:
  using Done = std::function<void(Result<void>)>;

  /// Begins with what an earlier run had found.
  explicit HeldLists(const Context& context);

  /// Reads the whole list of a link's peer. `done` once, on a worker, after an evidence record for each
  /// message that is named is durable; then lost() has them. A peer that does not list, for its program is
  /// older, is as one that holds nothing. After an error the next call goes on behind the last page that was
  /// read, and writes nothing twice; a restart before the node is reconciled may. One at a time for a link.
  void fetch(const std::string& link, Done done);
  /// Without what came back since, from its agency or a peer. Reads the store: from workers.
  [[nodiscard]] LostMessages lost() const;

 private:
  struct Fetch;

  void ask(const std::shared_ptr<Fetch>& fetch);
  void take(const std::shared_ptr<Fetch>& fetch, const HeldPage& page);
  void finish(const std::shared_ptr<Fetch>& fetch, const Result<void>& outcome);
  void record(const std::shared_ptr<Fetch>& fetch);
  void keep(const Fetch& fetch);
  [[nodiscard]] bool lacks(const MessageKey& key) const;

  const Context& context_;
  mutable std::mutex mutex_;  // guards the next two; never held while calling out
  LostMessages lost_;
  std::map<std::string, std::shared_ptr<Fetch>> begun_;  // by link
};

}  // namespace tram::exchange
