#include "transport/backend.h"

#include "transport/budget.h"
#include "transport/callers.h"
#include "transport/live_streams.h"

namespace tram::transport {

Backend::Backend(const ServerOptions& how, exchange::Node& the_node, exchange::ContentStore& content,
                 Executor& worker, Timers& timer, Clock& time)
    : options(how),
      node(the_node),
      contents(content),
      workers(worker),
      timers(timer),
      clock(time),
      started_at(time.now()),
      budget(std::make_shared<Budget>(how.memory_bytes / 2)),
      callers_(std::make_unique<Callers>(the_node, time, how.on_refused_caller)),
      live_(std::make_unique<LiveStreams>()),
      callers(*callers_),
      live(*live_) {}

Backend::~Backend() = default;

}  // namespace tram::transport
