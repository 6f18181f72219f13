// Limits of the wire that are no one's configuration.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace tram::transport {

inline constexpr std::size_t kMaxChunk = 1 << 20;  ///< bytes of one Content frame
// Bytes of one stream that may be under way and unread. Fixed: gRPC's estimate of what the line bears grows
// to many MiB a stream on a fast one, and memory with it.
inline constexpr int kStreamWindow = 1 << 20;
inline constexpr std::size_t kChunk = 256 * 1024;        ///< what this node sends at once
inline constexpr std::size_t kMessageSlack = 2 << 20;    ///< bytes of a message beside its inline content
inline constexpr std::size_t kMaxElements = 128 * 1024;  ///< fields of a streamed message, in all its levels
inline constexpr int kMaxFrameMessages = 256;            ///< of one Send or Receive frame
inline constexpr int kFrameMessages = 64;               ///< what this node sends at once, to who asked for it
inline constexpr std::size_t kFrameBytes = 256 * 1024;  ///< of the same; one message may go beyond
inline constexpr std::size_t kSubmissionsInFlight = 1024;  ///< of one Send stream
inline constexpr std::size_t kSubmittedBytes = 8 << 20;    ///< inline bytes in flight of one Send stream
inline constexpr std::uint32_t kDeliveriesAhead = 64;      ///< of one Receive stream, not yet written
inline constexpr std::size_t kDeliveredBytes = 2 << 20;    ///< of the same; one delivery may go beyond
inline constexpr std::size_t kAcknowledgements = 1024;     ///< of one Receive stream, not yet answered
inline constexpr std::size_t kBatchesInFlight = 16;        ///< of one Relay stream
inline constexpr std::size_t kItemsInFlight = 4096;        ///< of the same; one batch may go beyond
inline constexpr int kMaxBatchItems = 4096;                ///< of one relay frame
inline constexpr int kMaxCertificates = 64;                ///< of one relay frame
inline constexpr std::size_t kMaxCertificate = 16 * 1024;  ///< bytes of DER
inline constexpr std::size_t kMaxTrace = 64;               ///< nodes passed
// Versions of Relay that this program speaks: while the newest is n, n - 1 stays, so that neighbours can be
// upgraded one after the other.
inline constexpr std::uint32_t kOldestProtocolVersion = 1;
inline constexpr std::uint32_t kNewestProtocolVersion = 1;
inline constexpr std::chrono::seconds kHelloDeadline{20};  ///< a peer's hello must have come by then
inline constexpr std::chrono::seconds kQueryDeadline{30};  ///< for Content.Query and Relay.ListHeld
inline constexpr std::chrono::seconds kPutPatience{
    60};  ///< for Content.Put, beside its bytes at the slowest rate
inline constexpr std::uint64_t kSlowestRate = 64 * 1024;              ///< bytes a second
inline constexpr Duration kUnreadPatience = std::chrono::seconds(5);  ///< then an ended stream is cut off

}  // namespace tram::transport
