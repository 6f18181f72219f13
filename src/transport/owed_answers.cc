#include "transport/owed_answers.h"

#include <algorithm>

namespace tram::transport {

void OwedAnswers::writing(std::uint64_t number, SteadyTime now) {
  writing_ = Frame{number, now};
  if (number != 0) unanswered_[number] = now;
}

void OwedAnswers::written(SteadyTime now) {
  if (!writing_) return;
  const auto found = unanswered_.find(writing_->number);
  if (found != unanswered_.end()) found->second = now;  // unless the answer came first
  writing_.reset();
}

void OwedAnswers::answered(std::uint64_t number) {
  unanswered_.erase(number);
  if (writing_ && writing_->number == number && number != 0) writing_.reset();  // it has read it
}

std::optional<SteadyTime> OwedAnswers::oldest() const {
  std::optional<SteadyTime> out;
  if (writing_) out = writing_->since;
  for (const auto& [number, since] : unanswered_) out = out ? std::min(*out, since) : since;
  return out;
}

}  // namespace tram::transport
