#include "tests/simulation/trouble.h"

#include <algorithm>
#include <array>

namespace tram::sim {
namespace {

// Nothing, now and then, or often.
std::uint64_t rate(World& world, std::uint64_t often) {
  const std::uint64_t choice = world.random(3);
  return choice == 0 ? 0 : choice == 1 ? often / 5 + 1 : often;
}

Duration up_to(World& world, Duration most) {
  return world.chance(400) ? Duration::zero() : world.random_time(most);
}

}  // namespace

Trouble::Trouble(Scene& scene)
    : scene_(scene),
      world_(scene.world),
      life_(world_.begin_life()),
      clocks_may_jump_(world_.chance(250)),
      media_may_fail_(world_.chance(250)),
      backups_(scene) {
  if (world_.chance(400)) {
    for (SimNode* node : scene_.cast().nodes) disks_[node->code()] = std::make_unique<FillingDisk>(*node);
  }
  Faults& faults = scene_.network.faults;
  faults.lose_batch = rate(world_, 60);
  faults.lose_answer = rate(world_, 60);
  faults.duplicate = rate(world_, 100);
  faults.cut_upload = rate(world_, 100);
  faults.delay = up_to(world_, std::chrono::milliseconds(10));
  for (SimAgency* agency : scene_.cast().agencies) {
    Habits& habits = agency->habits();
    habits.vanish = rate(world_, 60);
    habits.lose_answer = rate(world_, 100);
    habits.send_twice = rate(world_, 200);
    habits.reuse_id = rate(world_, 60);
    habits.break_upload = rate(world_, 200);
    habits.thinking = up_to(world_, std::chrono::milliseconds(300));
  }
}

void Trouble::strike() {
  if (media_may_fail_ && world_.chance(250)) return back_up_or_restore();
  const std::uint64_t choice = world_.random(100);
  if (choice < 50) return stop_or_start();
  if (choice < 63) return break_wires();
  if (choice < 76) return cut_or_join();
  if (choice < 85) return jump();
  if (choice < 95) return fill_a_disk();
  wait_long();
}

void Trouble::stop_or_start() {
  SimNode& node = scene_.random_node();
  node.is_up() ? stop(node) : node.start();
}

void Trouble::stop(SimNode& node) {
  if (world_.chance(150)) {  // as SIGTERM does; what is in flight still ends, or not
    ++troubles_.drained;
    world_.remember(node.code().text() + " drains");
    scene_.network.announce_draining(node.code());
    node.node().drain();
    world_.run_for(world_.random_time(std::chrono::milliseconds(50)));
    node.node().stop();
    return node.crash();
  }
  if (world_.chance(500)) {
    ++troubles_.power_cuts;
    return node.lose_power();
  }
  ++troubles_.crashes;
  node.crash();
}

void Trouble::break_wires() {
  ++troubles_.wires_broken;
  world_.remember("all wires break");
  scene_.network.break_wires();
}

void Trouble::cut_or_join() {
  if (cut_.empty() || world_.chance(400)) {
    cut_.push_back(scene_.random_link());
    const auto& [one, other] = cut_.back();
    world_.remember("no wire between " + one.text() + " and " + other.text());
    return scene_.network.cut(one, other);
  }
  const auto [one, other] = cut_.back();
  cut_.pop_back();
  world_.remember("wires again between " + one.text() + " and " + other.text());
  scene_.network.join(one, other);
}

// Minutes within what signing times may differ, or hours.
void Trouble::jump() {
  if (!clocks_may_jump_) return;
  ++troubles_.clock_jumps;
  SimNode& node = scene_.random_node();
  const bool far = world_.chance(500);
  const Duration most = far ? Duration(std::chrono::hours(6)) : Duration(std::chrono::minutes(2));
  node.clock().set_skew(world_.random_time(2 * most) - most);
  farthest_ = std::max(farthest_, most);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(node.clock().skew());
  world_.remember("the clock of " + node.code().text() + " is now " + std::to_string(seconds.count()) +
                  " s off");
}

// For the blink of an eye, or until somebody looks after it.
void Trouble::fill_a_disk() {
  if (disks_.empty()) return;
  constexpr std::array kNames{"runs low", "is full", "is full, the reserve too"};
  const SimNode& node = scene_.random_node();
  FillingDisk& disk = *disks_.at(node.code());
  if (!disk.has_room()) return;
  ++troubles_.full_disks;
  const std::uint64_t how = world_.random(kNames.size());
  world_.remember("the disk of " + node.code().text() + " " + kNames[how]);
  disk.fill(static_cast<FillingDisk::Fill>(how));
  const Duration most = world_.chance(600) ? Duration(std::chrono::seconds(8)) : std::chrono::minutes(15);
  world_.schedule(life_, world_.random_time(most), [this, &disk, name = node.code().text()] {
    world_.remember("the disk of " + name + " has room");
    disk.make_room();
  });
  world_.run_for(world_.random_time(std::chrono::seconds(3)));
}

void Trouble::back_up_or_restore() {
  SimNode& node = scene_.random_node();
  if (!backups_.has(node)) return backups_.take(node);
  if (const auto disk = disks_.find(node.code()); disk != disks_.end()) disk->second->make_room();
  backups_.restore(node);
  ++troubles_.restores;
}

void Trouble::wait_long() { world_.run_for(world_.random_time(std::chrono::minutes(20))); }

void Trouble::end() {
  world_.remember("from now on nothing goes wrong");
  scene_.network.faults = {};
  while (!cut_.empty()) {
    scene_.network.join(cut_.back().first, cut_.back().second);
    cut_.pop_back();
  }
  for (const auto& [node, disk] : disks_) disk->make_room();
  for (SimAgency* agency : scene_.cast().agencies) agency->habits() = {};
  for (SimNode* node : scene_.cast().nodes) {
    node->clock().set_skew(Duration::zero());
    if (!node->is_up()) node->start();
  }
}

}  // namespace tram::sim
