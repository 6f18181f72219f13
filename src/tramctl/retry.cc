#include "tramctl/retry.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "tramctl/text.h"

namespace tram::client {
namespace {

constexpr Duration kFirstDelay = std::chrono::milliseconds(200);
constexpr Duration kLongestDelay = std::chrono::seconds(5);

}  // namespace

bool may_retry(const Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::resource_exhausted ||
         error.code == ErrorCode::aborted || error.code == ErrorCode::cancelled;
}

Retry::Retry(const Context& context, std::chrono::seconds budget, std::string about)
    : context_(context),
      budget_(budget),
      about_(std::move(about)),
      until_(context.clock().steady_now() + budget),
      delay_(kFirstDelay) {}

bool Retry::again(const Error& error) {
  const Duration delay = std::max<Duration>(delay_, error.retry_after);  // the node knows when it has room
  if (!may_retry(error) || context_.clock().steady_now() + delay > until_) return false;
  if (!told_)
    context_.note("tramctl: " + shown(error.message) + "; trying again for up to " + duration_text(budget_) +
                  (about_.empty() ? "" : "; " + about_));
  told_ = true;
  std::this_thread::sleep_for(delay);
  delay_ = std::min(2 * delay_, kLongestDelay);
  return true;
}

void Retry::progressed() {
  until_ = context_.clock().steady_now() + budget_;
  delay_ = kFirstDelay;
  told_ = false;
}

}  // namespace tram::client
