#include "exchange/history.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

namespace tram::exchange {
namespace {

using Queue = std::deque<HistoryStep>;
using Kinds = std::vector<EvidenceEvent>;

// How often something was recorded of a recipient: told so far, and still to be told.
struct Count {
  std::size_t told = 0;
  std::size_t to_come = 0;
};

// What must have happened for the same recipient, as far as it is recorded at all. Of a status: its sender.
Kinds causes_of(const HistoryStep& step) {
  constexpr auto kAccepted = EvidenceEvent::submission_acceptance;
  constexpr auto kRelayed = EvidenceEvent::relay_acceptance;
  constexpr auto kConsigned = EvidenceEvent::content_consignment;
  if (!step.kind) return {kAccepted, kRelayed, kConsigned};  // a status
  switch (*step.kind) {
    case EvidenceEvent::submission_acceptance:
      return {};
    case EvidenceEvent::content_consignment:
      return {kAccepted, kRelayed};
    case EvidenceEvent::content_handover:
      return {kAccepted, kRelayed, kConsigned};
    default:
      return {kAccepted};
  }
}

// Merges the logs: of their next steps whose causes are told, the one of the earliest time.
class Merge {
 public:
  explicit Merge(std::vector<HistoryStep> steps) {
    for (HistoryStep& step : steps) {
      for (const AgencyCode& recipient : step.event.recipients) {
        if (step.kind) ++counts_[{*step.kind, recipient}].to_come;
      }
      queues_[step.origin].push_back(std::move(step));
    }
    for (auto& [origin, queue] : queues_) {
      std::stable_sort(queue.begin(), queue.end(),
                       [](const HistoryStep& a, const HistoryStep& b) { return a.index < b.index; });
    }
  }

  std::vector<TrackEvent> run() {
    std::vector<TrackEvent> out;
    while (Queue* next = choose()) {
      tell(next->front());
      out.push_back(std::move(next->front().event));
      next->pop_front();
    }
    return out;
  }

 private:
  Queue* choose() {
    Queue* best = nullptr;
    bool best_ready = false;
    for (auto& [origin, queue] : queues_) {
      if (queue.empty()) continue;
      const bool ready = is_caused(queue.front());
      // What is never ready comes at last: logs that contradict each other are shown, too.
      const bool better = best == nullptr || (ready && !best_ready) ||
                          (ready == best_ready && queue.front().event.time < best->front().event.time);
      if (!better) continue;
      best = &queue;
      best_ready = ready;
    }
    return best;
  }

  [[nodiscard]] bool is_caused(const HistoryStep& step) const {
    for (const EvidenceEvent cause : causes_of(step)) {
      for (const AgencyCode& recipient : step.event.recipients) {
        const auto found = counts_.find({cause, recipient});
        if (found == counts_.end()) continue;
        // Once is enough: a node says again what its peer missed.
        if (found->second.told == 0 && found->second.to_come > 0) return false;
      }
    }
    return true;
  }

  void tell(const HistoryStep& step) {
    if (!step.kind) return;
    for (const AgencyCode& recipient : step.event.recipients) {
      Count& count = counts_[{*step.kind, recipient}];
      ++count.told;
      --count.to_come;
    }
  }

  std::map<std::string, Queue> queues_;  // by origin
  std::map<std::pair<EvidenceEvent, AgencyCode>, Count> counts_;
};

}  // namespace

std::vector<TrackEvent> in_order(std::vector<HistoryStep> steps) { return Merge(std::move(steps)).run(); }

}  // namespace tram::exchange
