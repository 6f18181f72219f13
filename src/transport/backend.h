// What the services of one server share. For the sources of this folder.
#pragma once

#include <memory>

#include "transport/server.h"

namespace tram::transport {

class Budget;
class Callers;
class LiveStreams;

/// Outlives every call.
struct Backend {
  Backend(const ServerOptions& how, exchange::Node& the_node, exchange::ContentStore& content,
          Executor& worker, Timers& timer, Clock& time);
  ~Backend();

  const ServerOptions options;
  exchange::Node& node;
  exchange::ContentStore& contents;
  Executor& workers;
  Timers& timers;
  Clock& clock;
  const Timestamp started_at;
  const std::shared_ptr<Budget> budget;  // outlives this: what the node holds on to gives back later

 private:
  const std::unique_ptr<Callers> callers_;
  const std::unique_ptr<LiveStreams> live_;

 public:
  Callers& callers;
  LiveStreams& live;
};

}  // namespace tram::transport
