#include "tramctl/progress.h"

#include <cstdio>

#include "tramctl/text.h"

namespace tram::client {
namespace {

constexpr std::uint64_t kWorthShowing = 1 << 20;
constexpr Duration kInterval = std::chrono::milliseconds(200);

}  // namespace

Progress::Progress(const Context& context, std::string what, std::uint64_t total)
    : context_(context),
      what_(shown(what)),
      total_(total),
      begin_(context.clock().steady_now()),
      shown_(begin_),
      on_(context.shows_progress() && total >= kWorthShowing) {}

Progress::~Progress() {
  if (!on_ || first_) return;
  show(context_.clock().steady_now());
  std::fputc('\n', stderr);
}

void Progress::at(std::uint64_t done) {
  if (first_) begun_at_ = done;
  first_ = false;
  done_ = done;
  if (!on_) return;
  const SteadyTime now = context_.clock().steady_now();
  if (now - shown_ < kInterval) return;
  shown_ = now;
  show(now);
}

void Progress::show(SteadyTime now) {
  const double seconds = static_cast<double>((now - begin_).count()) / 1e6;
  const double moved = static_cast<double>(done_ - begun_at_);
  const auto rate = static_cast<std::uint64_t>(seconds > 0 ? moved / seconds : 0);
  std::fprintf(stderr, "\r%s: %3u%%  %s of %s, %s/s   ", what_.c_str(),
               static_cast<unsigned>(total_ == 0 ? 100 : done_ * 100 / total_), size_text(done_).c_str(),
               size_text(total_).c_str(), size_text(rate).c_str());
  std::fflush(stderr);
}

}  // namespace tram::client
