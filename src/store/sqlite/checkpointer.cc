#include "store/sqlite/checkpointer.h"

namespace tram::store {

Checkpointer::Checkpointer(Database own, Limits limits)
    : limits_(limits), own_(std::move(own)), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return state_ != State::begun; });
    state_ = State::stopping;
  }
  changed_.notify_all();
  thread_.join();
}

void Checkpointer::committed(Database& writer, int frames) {
  if (frames < limits_.begin) return;
  {
    std::unique_lock lock(mutex_);
    if (state_ == State::idle) {
      state_ = State::begun;
      changed_.notify_all();
      return;
    }
    if (frames >= limits_.wait) changed_.wait(lock, [this] { return state_ != State::begun; });
    if (state_ != State::done) return;
    state_ = State::idle;
  }
  writer.checkpoint();
}

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return state_ == State::begun || state_ == State::stopping; });
    if (state_ == State::stopping) return;
    lock.unlock();
    own_.checkpoint();
    lock.lock();
    state_ = State::done;
    changed_.notify_all();
  }
}

}  // namespace tram::store
