// Strict DER (ITU-T X.690 clause 10) for the CMS profile: definite, shortest lengths and one-byte tags alone.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>

#include "base/bytes.h"
#include "base/clock.h"

namespace tram::trust::der {

inline constexpr std::uint8_t kInteger = 0x02;
inline constexpr std::uint8_t kOctetString = 0x04;
inline constexpr std::uint8_t kNull = 0x05;
inline constexpr std::uint8_t kObjectId = 0x06;
inline constexpr std::uint8_t kUtcTime = 0x17;
inline constexpr std::uint8_t kGeneralizedTime = 0x18;
inline constexpr std::uint8_t kSequence = 0x30;
inline constexpr std::uint8_t kSet = 0x31;
inline constexpr std::uint8_t kPrimitive0 = 0x80;    ///< [0] IMPLICIT of a primitive type
inline constexpr std::uint8_t kConstructed0 = 0xA0;  ///< [0] EXPLICIT, or IMPLICIT of a constructed type
inline constexpr std::uint8_t kConstructed4 = 0xA4;  ///< [4], e.g. directoryName in a GeneralName

struct Element {
  std::uint8_t tag = 0;
  BytesView content;
  BytesView whole;  ///< with tag and length
};

/// Reads elements one after the other out of bytes that must outlive it. One thread at a time.
class Reader {
 public:
  explicit Reader(BytesView bytes) : rest_(bytes) {}

  /// The next element; nullopt if it is malformed, longer than 65,535 bytes, or nothing is left.
  [[nodiscard]] std::optional<Element> next();
  /// The next element's content if it has this tag; nullopt, with nothing consumed, if not.
  [[nodiscard]] std::optional<BytesView> take(std::uint8_t tag);
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool next_is(std::uint8_t tag) const {
    return !rest_.empty() && static_cast<std::uint8_t>(rest_[0]) == tag;
  }

 private:
  BytesView rest_;
};

/// The content of the one element with this tag that `bytes` is exactly.
[[nodiscard]] std::optional<BytesView> only(BytesView bytes, std::uint8_t tag);

/// One element whose content is `parts` joined. REQUIRES: at most 65,535 bytes of content.
[[nodiscard]] Bytes element(std::uint8_t tag, std::initializer_list<BytesView> parts);

/// A CMS Time (RFC 5652 section 11.3): UTCTime from 1950 to 2049, else GeneralizedTime; whole seconds, UTC.
[[nodiscard]] Bytes encode_time(Timestamp time);
/// The inverse; nullopt for every other spelling, and for an impossible date.
[[nodiscard]] std::optional<Timestamp> decode_time(const Element& element);

}  // namespace tram::trust::der
