// The numbers of one node, for Prometheus. Every label has a bounded number of values: what could name an
// agency, a message or a client is never a label.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "exchange/observer.h"

namespace tram::console {

/// Threads: every method, any thread; none blocks on anything but a short lock.
class Metrics final : public exchange::Observer {
 public:
  /// `version` and `node` stand in tram_build_info.
  Metrics(const std::string& version, const std::string& node);
  ~Metrics() override;

  void recorded(const EvidenceRecord& record) override;
  void refused(std::string_view where, const MessageKey& key, const Error& error) override;
  void timed(exchange::Stage stage, const MessageKey& key, Duration took) override;
  void link_changed(const std::string& link, bool connected, const std::string& error) override;
  void note(std::string_view event, const std::string& detail) override;
  void alarm(const Alarm& alarm, exchange::AlarmChange change) override;

  /// Messages that wait for a link now.
  void link_waiting(const std::string& link, std::uint64_t messages);
  /// One transaction of the store: the units it held and how long it and its syncs took.
  void committed(std::size_t units, Duration took);
  /// Content bytes that arrived by Content.Put or from a peer.
  void uploaded(std::uint64_t bytes);

  /// Everything now, in Prometheus' text format 0.0.4.
  [[nodiscard]] std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tram::console
