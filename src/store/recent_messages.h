// The messages stored last, in memory: what was just accepted is handed over, relayed and acknowledged next.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "exchange/message_store.h"

namespace tram::store {

/// What a StoredMessage answers to find().
[[nodiscard]] exchange::KnownMessage known(const exchange::StoredMessage& message);

/// Holds committed messages only, the latest up to `limit` bytes; what is not in it may still be stored. A
/// message that changes is forgotten, once the change is committed. Threads: any.
class RecentMessages {
 public:
  using Message = std::shared_ptr<const exchange::StoredMessage>;

  explicit RecentMessages(std::size_t limit) : limit_(limit) {}

  /// Its row and key are not in it yet.
  void add(Message message);
  void forget(exchange::MessageRow row);
  /// Null if it is not in it.
  [[nodiscard]] Message get(exchange::MessageRow row) const;
  [[nodiscard]] Message get(const MessageKey& key) const;
  /// Bytes that it accounts for now, at most the limit.
  [[nodiscard]] std::size_t size() const;

 private:
  using Order = std::list<Message>;
  struct ById {  // two senders seldom have the same one
    std::size_t operator()(const MessageKey& key) const { return std::hash<MessageId>()(key.id); }
  };
  void drop(Order::iterator place);

  const std::size_t limit_;
  mutable std::mutex mutex_;  // guards what follows
  std::size_t size_ = 0;
  Order order_;  // the oldest first
  std::unordered_map<std::int64_t, Order::iterator> by_row_;
  std::unordered_map<MessageKey, Order::iterator, ById> by_key_;
};

}  // namespace tram::store
