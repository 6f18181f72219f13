#include "tests/simulation/play.h"

#include <exception>

#include "tests/simulation/correspondence.h"
#include "tests/simulation/oracle.h"

namespace tram::sim {
namespace {

class Play {
 public:
  Play(std::uint64_t seed, std::size_t nodes, const Listener& listener)
      : scene_(seed, nodes), witness_(scene_.network, scene_.cast()), letters_(scene_), trouble_(scene_) {
    scene_.world.on_line = listener;
  }

  Outcome run() {
    for (SimNode* node : scene_.cast().nodes) node->start();
    for (std::uint64_t left = 4 + scene_.world.random(10); left > 0; --left) {
      for (std::uint64_t letters = scene_.world.random(4); letters > 0; --letters) letters_.write_one();
      run_some();
      trouble_.strike();
    }
    for (std::uint64_t left = scene_.world.random(6); left > 0; --left) {
      run_some();
      trouble_.strike();
    }
    trouble_.end();
    // What was sealed ahead of time waits until the time has come.
    const Duration patience = std::chrono::hours(2) + trouble_.farthest_clocks();
    static_cast<void>(settle(scene_.world, scene_.cast(), patience));
    return outcome();
  }

 private:
  void run_some() {
    for (std::uint64_t steps = scene_.world.random(250); steps > 0; --steps) {
      if (!scene_.world.step()) break;
    }
    witness_.ask_for_checkpoint(scene_.random_node());
  }

  Outcome outcome() {
    Outcome out;
    out.findings = consult_oracle(scene_.cast(), {&witness_, trouble_.restored()});
    out.history = scene_.world.history();
    Tally& tally = out.tally;
    tally.documents = letters_.written();
    tally.steps = scene_.world.steps();
    tally.troubles = trouble_.troubles();
    for (const SimAgency* agency : scene_.cast().agencies) {
      tally.messages += agency->accepted().size();
      tally.refused += agency->refused().size();
      tally.put_off += agency->put_off();
      tally.handed_over += agency->taken().size();
      tally.again += agency->hand_overs().size() - agency->taken().size();
    }
    for (const SimNode* node : scene_.cast().nodes) {
      for (const auto& [row, recipient] : node->tables().recipients)
        tally.dead += recipient.state == RecipientState::dead ? 1 : 0;
    }
    return out;
  }

  Scene scene_;
  Witness witness_;
  Correspondence letters_;
  Trouble trouble_;
};

}  // namespace

void Tally::add(const Tally& other) {
  documents += other.documents;
  messages += other.messages;
  handed_over += other.handed_over;
  again += other.again;
  dead += other.dead;
  refused += other.refused;
  put_off += other.put_off;
  steps += other.steps;
  troubles.crashes += other.troubles.crashes;
  troubles.power_cuts += other.troubles.power_cuts;
  troubles.drained += other.troubles.drained;
  troubles.wires_broken += other.troubles.wires_broken;
  troubles.clock_jumps += other.troubles.clock_jumps;
  troubles.full_disks += other.troubles.full_disks;
  troubles.restores += other.troubles.restores;
}

Outcome play(std::uint64_t seed, std::size_t nodes, const Listener& listener) {
  try {
    return Play(seed, nodes, listener).run();
  } catch (const std::exception& thrown) {
    Outcome out;
    out.findings.push_back(std::string("thrown: ") + thrown.what());
    return out;
  }
}

}  // namespace tram::sim
