// What a peer that was restored from a backup lost is sent again.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "exchange/context.h"

namespace tram::exchange {

/// A restored peer says since when it may lack what was sent to it. Everything that went over its link since
/// then is queued once more; what it still has it knows, and takes no second time. Threads: any.
class HandingBack {
 public:
  explicit HandingBack(const Context& context) : context_(context) {}

  /// On a worker. Does nothing if it was done for this link and time since this node started.
  void peer_lacks_since(const std::string& link, Timestamp since);

 private:
  void next(const std::string& link, Timestamp since, MessageRow after);

  const Context& context_;
  std::mutex mutex_;  // guards done_
  std::map<std::string, Timestamp> done_;
};

}  // namespace tram::exchange
