#include "tests/support/observer.h"

#include <algorithm>

namespace tram::sim {

void HistoryObserver::recorded(const EvidenceRecord& record) {
  std::string line = node_ + " recorded " + std::string(name(record.event));
  if (record.message) line += " " + record.message->sender.text() + "/" + record.message->id.text();
  for (const AgencyCode& agency : record.recipients) line += " " + agency.text();
  world_.remember(line);
  records_.push_back(record);
}

void HistoryObserver::refused(std::string_view where, const MessageKey& key, const Error& error) {
  world_.remember(node_ + " refused " + std::string(where) + " " + key.id.text() + " " + error.reason);
  refusals_.push_back({std::string(where), key, error});
}

void HistoryObserver::link_changed(const std::string& link, bool connected, const std::string& error) {
  world_.remember(node_ + (connected ? " up " : " down ") + link + " " + error);
  if (!connected) link_errors_.push_back(error);
}

void HistoryObserver::note(std::string_view event, const std::string& detail) {
  world_.remember(node_ + " note " + std::string(event));
  notes_.push_back(std::string(event) + ": " + detail);
}

void HistoryObserver::alarm(const Alarm& alarm, exchange::AlarmChange change) {
  const std::string line =
      std::string(name(change)) + " " + std::string(name(alarm.kind)) + " " + alarm.subject;
  world_.remember(node_ + " alarm " + line);
  alarms_.push_back(line);
}

std::size_t HistoryObserver::count(EvidenceEvent event) const {
  return static_cast<std::size_t>(std::count_if(
      records_.begin(), records_.end(), [&](const EvidenceRecord& record) { return record.event == event; }));
}

const EvidenceRecord* HistoryObserver::last(EvidenceEvent event) const {
  const auto found = std::find_if(records_.rbegin(), records_.rend(),
                                  [&](const EvidenceRecord& record) { return record.event == event; });
  return found == records_.rend() ? nullptr : &*found;
}

}  // namespace tram::sim
