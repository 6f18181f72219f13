// How many bytes of documents the calls of one server hold at once. For the sources of this folder.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include "base/error.h"

namespace tram::transport {

/// Part of a budget, given back when it is destroyed.
class Hold;

/// What has been read from clients and peers and is not settled yet, and what waits to be read by them,
/// whatever their number. gRPC's own buffers have their own quota. Threads: any.
class Budget : public std::enable_shared_from_this<Budget> {
 public:
  explicit Budget(std::size_t bytes) : bytes_(bytes) {}

  /// Empty if that much is not left.
  [[nodiscard]] Hold take(std::size_t bytes);
  /// For what is there already and cannot be refused.
  [[nodiscard]] Hold take_anyway(std::size_t bytes);
  /// More than half is taken: who holds something shall finish that before it takes more, so that there is
  /// room for those who hold nothing.
  [[nodiscard]] bool tight() const { return taken_ > bytes_ / 2; }

 private:
  friend Hold;
  const std::size_t bytes_;
  std::atomic<std::size_t> taken_ = 0;
};

class Hold {
 public:
  Hold() = default;
  Hold(std::shared_ptr<Budget> budget, std::size_t bytes) : budget_(std::move(budget)), bytes_(bytes) {}
  Hold(Hold&& other) noexcept : budget_(std::move(other.budget_)), bytes_(other.bytes_) {}
  Hold& operator=(Hold&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Hold() {
    if (budget_) budget_->taken_ -= bytes_;
  }
  [[nodiscard]] explicit operator bool() const { return budget_ != nullptr; }
  [[nodiscard]] std::size_t bytes() const { return budget_ ? bytes_ : 0; }

 private:
  std::shared_ptr<Budget> budget_;
  std::size_t bytes_ = 0;
};

inline Hold Budget::take(std::size_t bytes) {
  const std::size_t before = taken_.fetch_add(bytes);
  if (before <= bytes_ && bytes <= bytes_ - before) return {shared_from_this(), bytes};
  taken_ -= bytes;
  return {};
}

inline Hold Budget::take_anyway(std::size_t bytes) {
  taken_ += bytes;
  return {shared_from_this(), bytes};
}

/// RESOURCE_EXHAUSTED, MEMORY_FULL: nothing was stored.
[[nodiscard]] inline Error memory_full() {
  return failure(ErrorCode::resource_exhausted, "MEMORY_FULL", "the node holds as much at once as it may",
                 "send it again in a moment");
}

}  // namespace tram::transport
