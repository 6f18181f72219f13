#include "tests/simulation/backups.h"

namespace tram::sim {
namespace {

constexpr Duration kMargin = std::chrono::minutes(10);  // as the daemon's: see tramd/restoration.cc

}  // namespace

void Backups::take(SimNode& node) {
  if (!node.is_up()) return;
  Copy copy{node.copy_disk(), {}};
  copy.origin.taken_at = node.clock().now();
  copy.origin.lacks_since = copy.origin.taken_at - kMargin;
  copy.origin.former_origin = node.settings().log_origin;
  copy.origin.log_size = copy.disks.messages->tables.log.size();
  copies_.insert_or_assign(node.code(), std::move(copy));
  scene_.world.remember("a backup of " + node.code().text());
}

void Backups::restore(SimNode& node) {
  const auto copy = copies_.extract(node.code());  // what runs on it changes it
  if (node.is_up()) node.crash();
  scene_.world.remember(node.code().text() + " is restored");
  restored_.insert(node.code());
  node.replace_disk(copy.mapped().disks);
  node.begin_epoch("log." + node.code().text() + ".example-" + std::to_string(++epochs_),
                   copy.mapped().origin);
  tell_peers_the_new_key(node);
  for (SimAgency* agency : scene_.cast().agencies) {
    if (&agency->home() == &node) agency->send_again_what_is_lost();
  }
  node.start();
}

// Into their configuration, which takes a restart.
void Backups::tell_peers_the_new_key(const SimNode& node) {
  for (SimNode* other : scene_.cast().nodes) {
    other->settings().known_logs.at(node.code()).key = node.log_key().verifier();
    if (other == &node || !other->is_up()) continue;
    other->crash();
    other->start();
  }
}

}  // namespace tram::sim
