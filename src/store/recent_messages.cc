#include "store/recent_messages.h"

#include "store/row_number.h"

namespace tram::store {

using namespace exchange;

namespace {

// Of the long fields, once more as they were read, and roughly of the rest with its places in the maps.
std::size_t bytes_of(const StoredMessage& message) {
  constexpr std::size_t kFixed = 1024;
  constexpr std::size_t kReading = 1024;
  constexpr std::size_t kElement = 96;
  const std::size_t reading = message.reading ? kReading + message.header.size() + message.verdict.size() : 0;
  return kFixed + reading + message.header.size() + message.signature.size() + message.verdict.size() +
         kElement * (message.contents.size() + message.references.size() + message.trace.size());
}

}  // namespace

KnownMessage known(const StoredMessage& message) {
  return {message.row,       message.header_digest, message.submitted_digest,
          message.from_link, message.stored_at,     message.log_index};
}

void RecentMessages::add(Message message) {
  const std::lock_guard lock(mutex_);
  const auto place = order_.insert(order_.end(), std::move(message));
  by_row_.emplace(number((*place)->row), place);
  by_key_.emplace((*place)->key, place);
  size_ += bytes_of(**place);
  while (size_ > limit_) drop(order_.begin());
}

void RecentMessages::forget(MessageRow row) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_row_.find(number(row)); found != by_row_.end()) drop(found->second);
}

RecentMessages::Message RecentMessages::get(MessageRow row) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_row_.find(number(row));
  return found == by_row_.end() ? nullptr : *found->second;
}

RecentMessages::Message RecentMessages::get(const MessageKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : *found->second;
}

std::size_t RecentMessages::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

void RecentMessages::drop(Order::iterator place) {
  size_ -= bytes_of(**place);
  by_row_.erase(number((*place)->row));
  by_key_.erase((*place)->key);
  order_.erase(place);
}

}  // namespace tram::store
