#include "tramd/executors.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <exception>

#include "base/turn.h"

namespace tram::daemon {
namespace {

namespace asio = boost::asio;

constexpr Duration kLongest = std::chrono::years(10);  ///< Duration::max() would overflow

void end_process(const FaultHandler& on_fault, std::string_view what) {
  if (on_fault) on_fault(what);
  std::terminate();
}

void run_guarded(const FaultHandler& on_fault, const std::function<void()>& task) noexcept {
  try {
    const Turn turn;
    task();
  } catch (const std::exception& error) {
    end_process(on_fault, error.what());
  } catch (...) {
    end_process(on_fault, "something that is not a std::exception");
  }
}

/// One timer. The flag decides between its task and its cancellation: whoever takes it owns the task.
class Timer : public std::enable_shared_from_this<Timer> {
 public:
  Timer(asio::io_context& io, Executor& executor, std::function<void()> task)
      : timer_(asio::make_strand(io)), executor_(executor), task_(std::move(task)) {}

  /// The timer itself is touched on its strand alone: it is not safe to cancel while it is being started.
  void start(Duration delay) {
    const auto due = std::chrono::steady_clock::now() + std::min(delay, kLongest);
    asio::post(timer_.get_executor(), [self = shared_from_this(), due] {
      if (self->taken_) return;
      self->timer_.expires_at(due);
      self->timer_.async_wait([self](const boost::system::error_code& error) {
        if (!error) self->executor_.post([self] { self->fire(); });
      });
    });
  }

  void cancel() {
    if (taken_.exchange(true)) return;
    task_ = nullptr;
    asio::post(timer_.get_executor(), [self = shared_from_this()] { self->timer_.cancel(); });
  }

 private:
  void fire() {
    if (taken_.exchange(true)) return;
    const std::function<void()> task = std::exchange(task_, nullptr);
    task();
  }

  asio::steady_timer timer_;
  Executor& executor_;
  std::function<void()> task_;
  std::atomic<bool> taken_{false};
};

class Handle final : public TimerHandle {
 public:
  explicit Handle(std::shared_ptr<Timer> timer) : timer_(std::move(timer)) {}
  ~Handle() override { timer_->cancel(); }

 private:
  std::shared_ptr<Timer> timer_;
};

}  // namespace

PoolExecutor::PoolExecutor(std::size_t threads, FaultHandler on_fault)
    : pool_(threads), on_fault_(std::move(on_fault)) {}

PoolExecutor::~PoolExecutor() { shutdown(); }

void PoolExecutor::post(std::function<void()> task) { enqueue(others_, std::move(task)); }

void PoolExecutor::post_urgent(std::function<void()> task) { enqueue(urgent_, std::move(task)); }

void PoolExecutor::enqueue(Tasks& queue, std::function<void()> task) {
  if (closed_) return;
  {
    const std::lock_guard lock(mutex_);
    queue.push_back(std::move(task));
  }
  asio::post(pool_, [this] { run_guarded(on_fault_, next()); });
}

std::function<void()> PoolExecutor::next() {
  constexpr std::uint32_t kShareOfOthers = 8;
  const std::lock_guard lock(mutex_);
  const bool others_first = ++taken_ % kShareOfOthers == 0;
  Tasks& queue = urgent_.empty() || (others_first && !others_.empty()) ? others_ : urgent_;
  std::function<void()> task = std::move(queue.front());
  queue.pop_front();
  return task;
}

void PoolExecutor::shutdown() {
  closed_ = true;
  pool_.join();
}

ContextExecutor::ContextExecutor(asio::io_context& io, FaultHandler on_fault)
    : io_(io), on_fault_(std::move(on_fault)) {}

void ContextExecutor::post(std::function<void()> task) {
  if (io_.stopped()) return;
  asio::post(io_, [fault = on_fault_, task = std::move(task)] { run_guarded(fault, task); });
}

AsioTimers::AsioTimers(asio::io_context& io, Executor& executor) : io_(io), executor_(executor) {}

std::unique_ptr<TimerHandle> AsioTimers::after(Duration delay, std::function<void()> task) {
  auto timer = std::make_shared<Timer>(io_, executor_, std::move(task));
  timer->start(delay);
  return std::make_unique<Handle>(std::move(timer));
}

}  // namespace tram::daemon
