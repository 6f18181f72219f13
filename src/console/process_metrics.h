// The standard process_* metrics of Prometheus' client libraries, read from /proc at each scrape.
#pragma once

#include <prometheus/collectable.h>

namespace tram::console {

/// Threads: any. What cannot be read is left out.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace tram::console
