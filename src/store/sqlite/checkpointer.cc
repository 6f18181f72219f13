#include "store/sqlite/checkpointer.h"

namespace tram::store {

Checkpointer::Checkpointer(Database own, Limits limits)
    : limits_(limits), own_(std::move(own)), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
  rest();
  {
    const std::lock_guard lock(mutex_);
    state_ = State::stopping;
  }
  changed_.notify_all();
  thread_.join();
}

void Checkpointer::rest() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return state_ != State::begun; });
}

void Checkpointer::committed(Database& writer, int frames) {
  {
    std::unique_lock lock(mutex_);
    if (frames < limits_.begin) {
      if (state_ == State::done) state_ = State::idle;  // it left nothing over: the file has begun anew
      return;
    }
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
