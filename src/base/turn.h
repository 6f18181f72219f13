// What is better done once for many is put off to the end of a thread's turn.
#pragma once

#include <functional>

namespace tram {

/// A turn: one piece of work of a thread, from when it is given to the thread to when it is done. Whoever
/// runs tasks opens one around each. Threads: each has its own.
class Turn {
 public:
  Turn() { ++depth(); }
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  /// Runs `task` when the turn of this thread ends, in the order of the calls; at once outside of any turn.
  /// Turns inside a turn end with it. `task` may ask for more, and must not throw.
  static void at_end(std::function<void()> task);

 private:
  static int& depth();
};

}  // namespace tram
