#include "tests/bench/ledger.h"

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace tram::bench {
namespace {

constexpr std::size_t kNumberAt = 14;  // behind 13 digits of milliseconds and a hyphen
constexpr std::size_t kNumberDigits = 10;

std::string digits(std::uint64_t value, std::size_t count) {
  const std::string out = std::to_string(value);
  return std::string(count - std::min(count, out.size()), '0') + out;
}

}  // namespace

std::string id_of(std::chrono::nanoseconds run, std::uint64_t number) {
  const auto since_1970 = static_cast<std::uint64_t>(run.count());
  return digits(since_1970 / 1'000'000, 13) + "-" + digits(number, kNumberDigits) + "-" +
         digits(since_1970 % 1'000'000 / 10, 5);
}

std::uint64_t number_of(const std::string& id) { return std::stoull(id.substr(kNumberAt, kNumberDigits)); }

std::optional<std::string> Ledger::next(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  if (documents_limit_ > 0 && counter_ >= documents_limit_) return std::nullopt;
  if (!changed_.wait_until(lock, deadline, [&] { return room_ > 0; }) || Clock::now() >= deadline)
    return std::nullopt;
  return open();
}

std::optional<std::string> Ledger::try_next() {
  const std::lock_guard lock(mutex_);
  if (room_ == 0 || (documents_limit_ > 0 && counter_ >= documents_limit_)) return std::nullopt;
  return open();
}

std::string Ledger::open() {
  --room_;
  std::string id = id_of(began_, counter_++);
  const auto now = Clock::now();
  if (!first_) first_ = now;
  documents_[id].sent = now;
  open_.insert(id);
  ++counts_.sent;
  return id;
}

bool Ledger::all_opened() {
  const std::lock_guard lock(mutex_);
  return documents_limit_ > 0 && counter_ >= documents_limit_;
}

std::vector<std::string> Ledger::unanswered() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out(open_.begin(), open_.end());
  std::sort(out.begin(), out.end());
  return out;
}

void Ledger::answered(const std::string& id, bool accepted, const std::string& error) {
  const std::lock_guard lock(mutex_);
  if (open_.erase(id) == 0) return;
  Document& document = documents_[id];
  document.accepted = accepted;
  ++(accepted ? counts_.accepted : counts_.refused);
  if (complete(document) && !document.done) done(document);
  if (!accepted) {
    ++room_;
    if (counts_.first_error.empty()) counts_.first_error = error;
  }
  changed_.notify_all();
}

bool Ledger::delivered(const std::string& id, const std::string& delivery_id, bool redelivered) {
  const std::lock_guard lock(mutex_);
  if (!documents_.contains(id)) return false;  // of an earlier run
  const bool first = effects_.insert(delivery_id).second;
  if (!first && !redelivered) ++counts_.duplicates;  // nothing told the client to look it up
  documents_[id].delivered = true;
  return first;
}

void Ledger::acknowledged(const std::string& id, const std::string& delivery_id) {
  const std::lock_guard lock(mutex_);
  const auto found = documents_.find(id);
  if (found == documents_.end() || found->second.done) return;
  if (recipients_ > 1 && !acknowledged_.insert(delivery_id).second) return;
  ++found->second.acknowledged;
  if (complete(found->second)) done(found->second);
}

void Ledger::done(Document& document) {
  document.done = true;
  last_ = Clock::now();
  milliseconds_.push_back(std::chrono::duration<double, std::milli>(*last_ - document.sent).count());
  ++counts_.delivered;
  ++room_;
  changed_.notify_all();
}

void Ledger::status_received() {
  const std::lock_guard lock(mutex_);
  ++counts_.statuses;
}

void Ledger::wait_done(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, deadline, [&] { return open_.empty() && counts_.delivered >= counts_.accepted; });
}

Ledger::Summary Ledger::summary() {
  const std::lock_guard lock(mutex_);
  Summary out = counts_;
  for (const auto& [id, document] : documents_) {
    if (document.accepted && !document.done) ++out.lost;
  }
  if (first_ && last_) out.seconds = std::chrono::duration<double>(*last_ - *first_).count();
  if (milliseconds_.empty()) return out;
  std::sort(milliseconds_.begin(), milliseconds_.end());
  const auto at = [&](double share) {
    return milliseconds_[std::min(
        milliseconds_.size() - 1,
        static_cast<std::size_t>(share * static_cast<double>(milliseconds_.size())))];
  };
  out.mean_ms = std::accumulate(milliseconds_.begin(), milliseconds_.end(), 0.0) /
                static_cast<double>(milliseconds_.size());
  out.p50_ms = at(0.5);
  out.p99_ms = at(0.99);
  out.p999_ms = at(0.999);
  return out;
}

int report(const Ledger::Summary& run) {
  const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf(
      "{\"sent\":%llu,\"accepted\":%llu,\"refused\":%llu,\"delivered\":%llu,\"lost\":%llu,\"duplicates\":%"
      "llu,"
      "\"statuses\":%llu,\"seconds\":%.3f,\"meanMs\":%.3f,\"p50Ms\":%.3f,\"p99Ms\":%.3f,\"p999Ms\":%.3f}\n",
      number(run.sent), number(run.accepted), number(run.refused), number(run.delivered), number(run.lost),
      number(run.duplicates), number(run.statuses), run.seconds, run.mean_ms, run.p50_ms, run.p99_ms,
      run.p999_ms);
  if (!run.first_error.empty()) std::fprintf(stderr, "first refusal: %s\n", run.first_error.c_str());
  return run.lost == 0 && run.duplicates == 0 ? 0 : 1;
}

}  // namespace tram::bench
