// Several messages in one frame of a stream: the first, with the others in its field `more`. What a frame
// costs, in gRPC, in TLS and in woken threads, is then paid once for all of them. For the sources of this
// folder.
#pragma once

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "transport/limits.h"

namespace tram::transport {

/// A message of a kind that may have others in its frame.
template <class Message>
concept Framing = requires(Message message) { message.mutable_more(); };

template <class Message>
[[nodiscard]] int messages_in(const Message& frame) {
  if constexpr (Framing<Message>) return 1 + frame.more_size();
  return 1;
}

/// Calls `take` with each message of the frame, in order.
template <class Message, class Take>
void for_each_message(Message& frame, Take take) {
  take(frame);
  if constexpr (Framing<Message>)
    for (Message& message : *frame.mutable_more()) take(message);
}

/// Bytes of each message of a frame that came in `all` bytes: those of `more`, and of the first what is left.
template <class Message>
[[nodiscard]] std::vector<std::size_t> message_sizes(const Message& frame, std::size_t all) {
  std::vector<std::size_t> sizes{all};
  if constexpr (Framing<Message>) {
    for (const Message& message : frame.more()) {
      sizes.push_back(message.ByteSizeLong());
      sizes.front() -= std::min(sizes.front(), sizes.back());
    }
  }
  return sizes;
}

/// False of a frame with too many messages, or with frames inside.
template <class Message>
[[nodiscard]] bool well_framed(const Message& frame) {
  if constexpr (Framing<Message>) {
    if (messages_in(frame) > kMaxFrameMessages) return false;
    for (const Message& message : frame.more())
      if (message.more_size() > 0) return false;
  }
  return true;
}

/// Takes what is written next from the front of `queue`, which is not empty: one message or, `together`, as
/// many as a frame bears.
template <class Message>
[[nodiscard]] Message next_frame(std::deque<Message>& queue, bool together) {
  Message frame = std::move(queue.front());
  queue.pop_front();
  if constexpr (Framing<Message>) {
    if (!together) return frame;
    std::size_t bytes = queue.empty() ? 0 : frame.ByteSizeLong();
    while (!queue.empty() && messages_in(frame) < kFrameMessages) {
      bytes += queue.front().ByteSizeLong();
      if (bytes > kFrameBytes) break;
      *frame.add_more() = std::move(queue.front());
      queue.pop_front();
    }
  }
  return frame;
}

}  // namespace tram::transport
