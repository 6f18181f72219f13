// The accept, relay and deliver paths on stores in memory, in one thread on virtual time: for callgrind,
// which counts the instructions between the two marks; and by itself, for their time beside a calibration
// loop's.
//
//   paths PATH DOCUMENTS        what follows a warm-up is marked; prints nanoseconds a document and a loop
#include <valgrind/callgrind.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <string>

#include "base/sha256.h"
#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

constexpr std::size_t kFile = 10'000;  // bytes
constexpr int kWarmUp = 20;

/// A node and what is done to it with one document after another.
class Path {
 public:
  Path() { node_.h52.messages().run_units_twice(false); }
  virtual ~Path() = default;
  virtual void before(int) {}  ///< not counted
  virtual void one(int number) = 0;

 protected:
  static std::string id(int number) { return "d" + std::to_string(number); }

  OneNode node_;
};

void require(bool held, const char* what) {
  if (held) return;
  std::fprintf(stderr, "the path broke: %s\n", what);
  std::exit(1);
}

/// Submitted by an agency for another node: checked, sealed, committed, logged, queued.
class Accept final : public Path {
 public:
  void before(int number) override {
    request_ = request(dispatch("H52.01", id(number), {"G09.02"}), {file("a.pdf", std::string(kFile, 'x'))});
  }
  void one(int) override {
    require(node_.submit(std::move(request_)).has_value(), "a submission was refused");
  }

 private:
  exchange::SubmissionRequest request_;
};

/// From a peer: checked, verified, committed, consigned, its status 01 made.
class Relay final : public Path {
 public:
  Relay() { node_.know(draft(node_.world, "first", {"H52.05"}).seal); }
  void before(int number) override {
    Draft hop = draft(node_.world, id(number), {"H52.05"});
    hop.files = {file("a.pdf", std::string(kFile, 'x'))};
    hop_ = hop.sealed();
  }
  void one(int) override {
    require(node_.relay(std::move(hop_)).result == exchange::HopResult::accepted, "a hop was not taken");
  }

 private:
  exchange::HopMessage hop_;
};

/// From an inbox to its document system, and acknowledged.
class Deliver final : public Path {
 public:
  Deliver() : inbox_(node_.open("H52.05", 0)) {}
  void before(int number) override {
    const auto answer = node_.submit(
        request(dispatch("H52.01", id(number), {"H52.05"}), {file("a.pdf", std::string(kFile, 'x'))}));
    require(answer.has_value(), "a submission was refused");
    node_.run(std::chrono::milliseconds(100));
  }
  void one(int) override {
    inbox_.stream->add_credits(1);
    node_.run(std::chrono::milliseconds(100));
    require(inbox_.heard->deliveries.size() == 1, "nothing was handed over");
    inbox_.stream->acknowledge(inbox_.heard->deliveries.front().id);
    node_.run(std::chrono::milliseconds(100));
    require(!inbox_.heard->acknowledgements.empty(), "an acknowledgement was not answered");
    inbox_.heard->deliveries.clear();
    inbox_.heard->acknowledgements.clear();
  }

 private:
  OpenInbox inbox_;
};

std::unique_ptr<Path> make(const std::string& name) {
  if (name == "accept") return std::make_unique<Accept>();
  if (name == "relay") return std::make_unique<Relay>();
  if (name == "deliver") return std::make_unique<Deliver>();
  return nullptr;
}

using Time = std::chrono::nanoseconds;

// Of this thread's processor: whoever else uses the machine does not count.
Time now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + Time(time.tv_nsec);
}

Time time_of(const std::function<void()>& work) {
  const Time began = now();
  work();
  return now() - began;
}

// One loop: hashes of as many bytes, for which some processors have instructions and others not, and texts
// put into a map, as the rest of a path is of that kind.
void calibration_loop() {
  constexpr int kTexts = 500;
  static const std::string bytes(kFile, 'x');
  require(!Sha256::of(bytes).is_zero(), "a hash");
  std::map<std::string, std::string> texts;
  for (int text = 0; text < kTexts; ++text)
    texts["a text longer than short ones " + std::to_string(text)] = bytes.substr(0, 100);
  require(texts.size() == kTexts, "a map");
}

int run(const std::string& name, int documents) {
  const auto path = make(name);
  if (!path || documents <= 0) {
    std::fprintf(stderr, "use: paths accept|relay|deliver DOCUMENTS\n");
    return 2;
  }
  Time spent{}, calibration{};
  for (int number = -kWarmUp; number < documents; ++number) {
    path->before(number + kWarmUp);
    if (number < 0) {
      path->one(number + kWarmUp);
      continue;
    }
    CALLGRIND_TOGGLE_COLLECT;
    spent += time_of([&] { path->one(number + kWarmUp); });
    CALLGRIND_TOGGLE_COLLECT;
    calibration += time_of(calibration_loop);  // in turns: what slows the machine down slows both
  }
  const auto nanoseconds = [documents](Time all) { return static_cast<long long>(all.count() / documents); };
  std::printf("{\"path\":\"%s\",\"documents\":%d,\"nanoseconds\":%lld,\"calibrationNanoseconds\":%lld}\n",
              name.c_str(), documents, nanoseconds(spent), nanoseconds(calibration));
  return 0;
}

}  // namespace
}  // namespace tram::sim

int main(int argc, char** argv) {
  return tram::sim::run(argc > 1 ? argv[1] : "", argc > 2 ? std::atoi(argv[2]) : 0);
}
