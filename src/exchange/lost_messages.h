// What a restored node has no more, by name: its peers list what they hold of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/message.h"

namespace tram::exchange {

inline constexpr std::size_t kMostHeldAtOnce = 64;        ///< messages of one page
inline constexpr std::size_t kMostRecipientsNamed = 100;  ///< of one message
inline constexpr std::size_t kMostLostMessages = 1000;    ///< that a node names; it counts the others

/// A message that a peer holds and that came from the node that asks.
struct HeldMessage {
  MessageKey key;
  std::vector<AgencyCode> recipients;  ///< those that do not lie behind that node; not all if they are many
  bool operator==(const HeldMessage&) const = default;
};

struct HeldPage {
  std::vector<HeldMessage> messages;
  std::int64_t next = 0;  ///< where the next page begins; 0: this is the last
};

/// One that this node's own agency submitted before the restore, and that this node has no more.
struct LostMessage {
  MessageKey key;
  std::vector<AgencyCode> recipients;
  std::string link;  ///< whose peer holds it, by its word
  bool operator==(const LostMessage&) const = default;
};

struct LostMessages {
  std::vector<LostMessage> named;  ///< at most kMostLostMessages
  std::uint64_t more = 0;          ///< further ones, only counted; one that two peers hold counts twice
};

}  // namespace tram::exchange
