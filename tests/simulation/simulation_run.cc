// Plays many seeds, on all cores: simulation_run --help.
#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "tests/simulation/play.h"

namespace tram::sim {
namespace {

struct Options {
  std::uint64_t seeds = 200;
  std::uint64_t from = 1;
  std::size_t nodes = 0;
  unsigned jobs = std::thread::hardware_concurrency();
  bool verbose = false;
  std::uint64_t caught_within = 0;  // of a mutant; 0: nothing may be found
};

void print_line(Duration elapsed, std::string_view line) {
  std::printf("%12.6f  %.*s\n", static_cast<double>(elapsed.count()) / 1e6, static_cast<int>(line.size()),
              line.data());
}

// Seeds are taken in order by several threads; what they found is kept by one.
class Run {
 public:
  explicit Run(const Options& options) : options_(options), next_(options.from) {}

  void play_all() {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < std::max(1U, options_.verbose ? 1U : options_.jobs); ++i)
      threads.emplace_back([this] { work(); });
    for (std::thread& thread : threads) thread.join();
  }

  [[nodiscard]] std::optional<std::uint64_t> first_failed() const { return first_failed_; }
  [[nodiscard]] std::uint64_t failed() const { return failed_; }

  void print_summary() const {
    const Troubles& troubles = tally_.troubles;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_;
    std::printf("simulation: %" PRIu64 " seeds, %" PRIu64 " failed, %.1f s (%.1f ms of one core a seed)\n",
                played_, failed_, took.count(),
                1e3 * took.count() * options_.jobs / static_cast<double>(played_));
    std::printf("  %" PRIu64 " documents written, %" PRIu64 " messages accepted, %" PRIu64
                " submissions refused, %" PRIu64 " times put off for want of room\n",
                tally_.documents, tally_.messages, tally_.refused, tally_.put_off);
    std::printf("  %" PRIu64 " handed over (and %" PRIu64 " times again), %" PRIu64 " dead with a reason\n",
                tally_.handed_over, tally_.again, tally_.dead);
    std::printf("  %" PRIu64 " crashes, %" PRIu64 " power cuts, %" PRIu64 " drained, %" PRIu64
                " times all wires broken, %" PRIu64 " clocks set wrong, %" PRIu64 " full disks, %" PRIu64
                " restores, %" PRIu64 " steps\n",
                troubles.crashes, troubles.power_cuts, troubles.drained, troubles.wires_broken,
                troubles.clock_jumps, troubles.full_disks, troubles.restores, tally_.steps);
  }

 private:
  void work() {
    while (const auto seed = take()) {
      const Outcome outcome = play(*seed, options_.nodes, options_.verbose ? print_line : Listener());
      keep(*seed, outcome);
    }
  }

  std::optional<std::uint64_t> take() {
    const std::lock_guard lock(mutex_);
    if (next_ == options_.from + options_.seeds || (options_.caught_within > 0 && first_failed_))
      return std::nullopt;
    return next_++;
  }

  void keep(std::uint64_t seed, const Outcome& outcome) {
    const std::lock_guard lock(mutex_);
    ++played_;
    tally_.add(outcome.tally);
    if (options_.verbose) std::printf("history %s\n", outcome.history.hex().c_str());
    if (outcome.findings.empty()) return;
    ++failed_;
    if (!first_failed_ || seed < *first_failed_) first_failed_ = seed;
    std::printf("seed %" PRIu64 ": %zu findings\n", seed, outcome.findings.size());
    for (std::size_t i = 0; i < outcome.findings.size() && i < 12; ++i)
      std::printf("  %s\n", outcome.findings[i].c_str());
    std::printf("  replay: tests/simulation/run --seeds 1 --from %" PRIu64, seed);
    if (options_.nodes != 0) std::printf(" --nodes %zu", options_.nodes);
    std::printf(" --verbose\n");
    std::fflush(stdout);
  }

  const Options options_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::mutex mutex_;  // guards what follows
  std::uint64_t next_;
  std::uint64_t played_ = 0;
  std::uint64_t failed_ = 0;
  std::optional<std::uint64_t> first_failed_;
  Tally tally_;
};

int run(const Options& given) {
  Options options = given;
  if (options.caught_within > 0) options.seeds = options.caught_within;
  Run run(options);
  run.play_all();
  if (options.caught_within > 0) {
    if (run.first_failed()) {
      std::printf("caught at seed %" PRIu64 "\n", *run.first_failed());
      return 0;
    }
    std::printf("NOT CAUGHT within %" PRIu64 " seeds: the oracle misses this mutant\n", options.seeds);
    return 1;
  }
  run.print_summary();
  return run.failed() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tram::sim

int main(int argc, char** argv) {
  tram::sim::Options options;
  CLI::App app("Nodes, clients and links in one thread on virtual time: one seed, one exact history.");
  app.add_option("--seeds", options.seeds, "how many histories to play")->capture_default_str();
  app.add_option("--from", options.from, "the first seed")->capture_default_str();
  app.add_option("--nodes", options.nodes, "2 to 6; by default the seed decides: three, four or five")
      ->check(CLI::Range(2, 6));
  app.add_option("--jobs", options.jobs, "threads")->capture_default_str()->check(CLI::Range(1, 256));
  app.add_flag("--verbose", options.verbose, "print each history, line by line");
  app.add_option("--caught-within", options.caught_within,
                 "for mutants: the oracle must find something within so many seeds");
  CLI11_PARSE(app, argc, argv);
  return tram::sim::run(options);
}
