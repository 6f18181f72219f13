// Chores: kinds of pruning, each done a bounded amount at a time. For the housekeeper.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exchange/disk_guard.h"
#include "exchange/node.h"

namespace tram::exchange {

/// One thread at a time; a step ends with the call of `done`.
class Chore {
 public:
  /// Whether something is left to do in this pass; an error ends the chore's pass. On any thread.
  using Done = std::function<void(const Result<bool>& more)>;

  virtual ~Chore() = default;
  /// Begins a pass; `now` can be relied on.
  virtual void begin(Timestamp now) = 0;
  /// The next bit, a few milliseconds of work. Blocks on the disk.
  virtual void step(Done done) = 0;
  /// What the pass has done, in words; empty if nothing.
  [[nodiscard]] virtual std::string summary() const = 0;
};

/// Contents of finished messages past their retention.
[[nodiscard]] std::unique_ptr<Chore> content_pruning(const Settings& settings, const Services& services);
/// Finished messages past their retention, and log records as old as they.
[[nodiscard]] std::unique_ptr<Chore> record_pruning(const Settings& settings, const Services& services);
/// Own checkpoints but for a few.
[[nodiscard]] std::unique_ptr<Chore> checkpoint_thinning(const Settings& settings, const Services& services);
/// Certificates that no message and no seal needs and the verifier does not know. One that it knows may be
/// needed by a message on its way: what is known to the verifier is in the store.
[[nodiscard]] std::unique_ptr<Chore> certificate_pruning(const Services& services);
/// Segments and uploads that nobody refers to; mostly dead segments are emptied; uploads nobody goes on with.
/// REQUIRES: services.collector. Nothing is copied while the disk is low.
[[nodiscard]] std::unique_ptr<Chore> content_collection(const Settings& settings, const Services& services,
                                                        const DiskGuard& disk);
/// Space that is left over goes back to the file system.
[[nodiscard]] std::unique_ptr<Chore> space_return(const Services& services);

/// "1 message", "2 messages".
[[nodiscard]] std::string counted(std::uint64_t count, const std::string& what);

}  // namespace tram::exchange
