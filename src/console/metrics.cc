#include "console/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "console/process_metrics.h"

namespace tram::console {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;

constexpr std::array<const char*, exchange::kStages> kStages = {
    "queue", "parse", "hash", "verify", "sign", "commit", "relay", "peer", "receipt", "hand_over"};
constexpr std::size_t kEvents = 13;  ///< EvidenceEvent counts from 1

/// Seconds: from 25 µs, a hash, to a minute, a peer that was away.
const Histogram::BucketBoundaries kSeconds = {25e-6, 50e-6, 1e-4,   2.5e-4, 5e-4, 1e-3, 2.5e-3,
                                              5e-3,  1e-2,  2.5e-2, 5e-2,   0.1,  0.25, 0.5,
                                              1,     2.5,   5,      10,     60};
const Histogram::BucketBoundaries kUnits = {1, 2, 4, 8, 16, 32, 64, 128, 256};

double seconds(Duration took) { return std::chrono::duration<double>(took).count(); }

Family<Counter>& counters(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
Family<Gauge>& gauges(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}
Family<Histogram>& histograms(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}
Counter& counter(Registry& registry, const char* name, const char* help) {
  return counters(registry, name, help).Add({});
}

/// The children of a family by one label, found without building label maps. Beyond `limit` values all share
/// the value "other", so that nobody outside can make the number of series grow.
template <class Metric>
class ByLabel {
 public:
  ByLabel(Family<Metric>& family, std::string label, std::size_t limit)
      : family_(family), label_(std::move(label)), limit_(limit) {}

  Metric& at(std::string_view value) {
    const std::lock_guard lock(mutex_);
    if (const auto found = children_.find(value); found != children_.end()) return *found->second;
    const std::string name(children_.size() < limit_ && !value.empty() ? value : "other");
    Metric& metric = family_.Add({{label_, name}});  // Add of what is there returns it
    children_.emplace(name, &metric);
    return metric;
  }

 private:
  Family<Metric>& family_;
  const std::string label_;
  const std::size_t limit_;
  std::mutex mutex_;
  std::map<std::string, Metric*, std::less<>> children_;
};

/// What a record is about: one for each recipient it speaks of.
double parties(const EvidenceRecord& record) {
  return static_cast<double>(std::max<std::size_t>(1, record.recipients.size()));
}

}  // namespace

struct Metrics::State {
  Registry registry;
  std::shared_ptr<ProcessMetrics> process = std::make_shared<ProcessMetrics>();
  Counter& accepted = counter(registry, "tram_messages_accepted_total", "Messages accepted from agencies.");
  Counter& relayed =
      counter(registry, "tram_messages_relayed_total", "Messages taken over from other nodes.");
  Counter& delivered =
      counter(registry, "tram_deliveries_consigned_total", "Messages laid in a recipient's inbox here.");
  Counter& handed_over = counter(registry, "tram_deliveries_handed_over_total",
                                 "Deliveries that document systems acknowledged.");
  Counter& receipts =
      counter(registry, "tram_receipts_verified_total", "Receipts of other nodes that verified.");
  Counter& duplicates = counter(registry, "tram_duplicates_refused_total",
                                "Messages refused because their id was used with other content.");
  ByLabel<Counter> refusals{counters(registry, "tram_refused_total", "Refusals, by reason."), "reason", 128};
  ByLabel<Counter> notes{counters(registry, "tram_notes_total", "What an operator should read, by event."),
                         "event", 64};
  std::array<Counter*, kEvents> records{};
  std::array<Histogram*, kStages.size()> stages{};
  std::array<Gauge*, kAlarmKinds + 1> alarms{};  // kinds count from 1
  ByLabel<Gauge> connected{gauges(registry, "tram_link_connected", "1 if the link's stream is open."), "link",
                           1024};
  ByLabel<Gauge> waiting{gauges(registry, "tram_link_waiting", "Messages waiting for the link."), "link",
                         1024};
  ByLabel<Counter> failures{counters(registry, "tram_link_failures_total", "Times the link's stream failed."),
                            "link", 1024};
  Histogram& batches =
      histograms(registry, "tram_store_batch_units", "Units in one transaction.").Add({}, kUnits);
  Histogram& commits =
      histograms(registry, "tram_store_commit_seconds", "One transaction with its syncs.").Add({}, kSeconds);
  Counter& uploads = counter(registry, "tram_upload_bytes_total", "Content bytes that arrived.");

  State(const std::string& version, const std::string& node) {
    gauges(registry, "tram_build_info", "Always 1.").Add({{"version", version}, {"node", node}}).Set(1);
    auto& by_event =
        counters(registry, "tram_evidence_records_total", "Entries of the evidence log, by event.");
    for (std::size_t i = 1; i < kEvents; ++i)
      records[i] = &by_event.Add({{"event", std::string(name(static_cast<EvidenceEvent>(i)))}});
    auto& by_kind = gauges(registry, "tram_alarms", "Alarms in the list, by kind.");
    for (std::size_t i = 1; i <= kAlarmKinds; ++i)
      alarms[i] = &by_kind.Add({{"kind", std::string(name(static_cast<AlarmKind>(i)))}});
    auto& by_stage = histograms(registry, "tram_stage_seconds", "Where a message's time goes.");
    for (std::size_t i = 0; i < kStages.size(); ++i)
      stages[i] = &by_stage.Add({{"stage", kStages[i]}}, kSeconds);
  }
};

Metrics::Metrics(const std::string& version, const std::string& node)
    : state_(std::make_unique<State>(version, node)) {}
Metrics::~Metrics() = default;

void Metrics::recorded(const EvidenceRecord& record) {
  if (const auto index = static_cast<std::size_t>(record.event); index > 0 && index < kEvents)
    state_->records[index]->Increment();
  switch (record.event) {
    case EvidenceEvent::submission_acceptance:
    case EvidenceEvent::status_accepted:
      return state_->accepted.Increment();
    case EvidenceEvent::relay_acceptance:
      return state_->relayed.Increment();
    case EvidenceEvent::content_consignment:
      return state_->delivered.Increment(parties(record));
    case EvidenceEvent::content_handover:
      return state_->handed_over.Increment(parties(record));
    case EvidenceEvent::receipt_verified:
      return state_->receipts.Increment();
    default:
      return;  // counted by event alone
  }
}

void Metrics::refused(std::string_view, const MessageKey&, const Error& error) {
  state_->refusals.at(error.reason).Increment();
  if (error.code == ErrorCode::already_exists) state_->duplicates.Increment();
}

void Metrics::timed(exchange::Stage stage, const MessageKey&, Duration took) {
  if (const auto index = static_cast<std::size_t>(stage); index < kStages.size())
    state_->stages[index]->Observe(seconds(took));
}

void Metrics::link_changed(const std::string& link, bool connected, const std::string& error) {
  state_->connected.at(link).Set(connected ? 1 : 0);
  if (!connected && !error.empty()) state_->failures.at(link).Increment();
}

void Metrics::note(std::string_view event, const std::string&) { state_->notes.at(event).Increment(); }

void Metrics::alarm(const Alarm& alarm, exchange::AlarmChange change) {
  Gauge& open = *state_->alarms[static_cast<std::size_t>(alarm.kind)];
  if (change == exchange::AlarmChange::raised || change == exchange::AlarmChange::restored) open.Increment();
  if (change == exchange::AlarmChange::cleared) open.Decrement();
}

void Metrics::link_waiting(const std::string& link, std::uint64_t messages) {
  state_->waiting.at(link).Set(static_cast<double>(messages));
}

void Metrics::committed(std::size_t units, Duration took) {
  state_->batches.Observe(static_cast<double>(units));
  state_->commits.Observe(seconds(took));
}

void Metrics::uploaded(std::uint64_t bytes) { state_->uploads.Increment(static_cast<double>(bytes)); }

std::string Metrics::text() const {
  std::vector<prometheus::MetricFamily> families = state_->registry.Collect();
  std::vector<prometheus::MetricFamily> process = state_->process->Collect();
  std::move(process.begin(), process.end(), std::back_inserter(families));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace tram::console
