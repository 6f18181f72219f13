// What a peer owes this node: to read the frame that is being written, and to answer what it has read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/clock.h"

namespace tram::transport {

/// Times count from when a frame was handed over for writing, and anew from when it was written: a slow line
/// is no silent peer. One thread at a time.
class OwedAnswers {
 public:
  /// A frame is being written; one at a time. `number` is that of the answer it asks for; 0: for none.
  void writing(std::uint64_t number, SteadyTime now);
  void written(SteadyTime now);
  void answered(std::uint64_t number);
  /// Since when the peer has owed the oldest; nullopt if it owes nothing.
  [[nodiscard]] std::optional<SteadyTime> oldest() const;

 private:
  struct Frame {
    std::uint64_t number;
    SteadyTime since;
  };
  std::optional<Frame> writing_;
  std::map<std::uint64_t, SteadyTime> unanswered_;
};

}  // namespace tram::transport
