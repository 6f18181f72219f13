// The progress of a long transfer, on standard error.
#pragma once

#include <cstdint>
#include <string>

#include "tramctl/context.h"

namespace tram::client {

/// Silent for less than 1 MiB and where progress is not shown. One thread.
class Progress {
 public:
  Progress(const Context& context, std::string what, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// So many bytes are done in all.
  void at(std::uint64_t done);

 private:
  void show(SteadyTime now);

  const Context& context_;
  std::string what_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  std::uint64_t begun_at_ = 0;  ///< what a resumed transfer had already
  SteadyTime begin_, shown_;
  bool on_;
  bool first_ = true;
};

}  // namespace tram::client
