#include "transport/job.h"

#include <memory>

namespace tram::transport {
namespace {

struct Job {
  std::function<void()> work;
  std::function<void()> dropped;

  ~Job() {
    if (dropped) dropped();
  }
  void run() {
    dropped = nullptr;
    work();
  }
};

}  // namespace

void post_surely(Executor& executor, std::function<void()> work, std::function<void()> dropped) {
  auto job = std::make_shared<Job>();
  job->work = std::move(work);
  job->dropped = std::move(dropped);
  executor.post([job = std::move(job)] { job->run(); });
}

}  // namespace tram::transport
