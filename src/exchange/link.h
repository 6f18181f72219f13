// One link: a stream for what is urgent, one for the rest, and the uploads of both.
#pragma once

#include <optional>

#include "exchange/link_sender.h"

namespace tram::exchange {

/// Threads: any. Destroyed after the executors have stopped.
class Link {
 public:
  Link(const Context& context, const LinkSettings& settings);

  void start();
  void stop();
  void drain(const std::function<void()>& done);  ///< as LinkSender::drain(), both lanes
  /// Something of this priority waits; of any, if none is given.
  void wake(std::optional<int> priority);
  void peer_is_up();
  void greet_again();
  [[nodiscard]] LinkState state() const;

 private:
  const Context& context_;
  LinkUploads uploads_;
  LinkSender routine_;
  LinkSender urgent_;
};

}  // namespace tram::exchange
