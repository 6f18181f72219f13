// One upload of a document system to its own node, piece by piece; goes on where an earlier one broke off.
#pragma once

#include <functional>
#include <memory>

#include "tests/support/node.h"

namespace tram::sim {

/// Belongs to the node's life: a crash ends it, and whoever wants it begins another. Threads: one.
class ClientUpload : public std::enable_shared_from_this<ClientUpload> {
 public:
  /// `done`: that all is there, or why not.
  using Done = std::function<void(Result<void>)>;
  /// Breaks off at a piece in `breaks` of a thousand cases.
  ClientUpload(SimNode& node, std::string owner, const File& file, std::uint64_t breaks, Done done);
  void begin();

 private:
  void open();
  void write();
  void later(void (ClientUpload::*step)());
  void end(const Result<void>& result);

  SimNode& node_;
  const std::string owner_;
  const File file_;
  const std::uint64_t breaks_;
  const Done done_;
  std::unique_ptr<exchange::Upload> upload_;
  std::uint64_t offset_ = 0;
};

}  // namespace tram::sim
