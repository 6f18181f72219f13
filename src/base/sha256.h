// SHA-256 (FIPS 180-4): the one hash of the exchange.
#pragma once

#include <array>
#include <compare>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace tram {

/// A SHA-256 value. Sorts and compares by bytes.
class Digest {
 public:
  static constexpr std::size_t kSize = 32;

  Digest() = default;  ///< all zero
  /// From exactly 32 bytes.
  [[nodiscard]] static Result<Digest> from_bytes(BytesView bytes);
  /// From exactly 64 hexadecimal digits.
  [[nodiscard]] static Result<Digest> from_hex(std::string_view text);

  [[nodiscard]] BytesView bytes() const { return {bytes_.data(), bytes_.size()}; }
  [[nodiscard]] std::string hex() const;
  [[nodiscard]] bool is_zero() const { return *this == Digest(); }
  auto operator<=>(const Digest&) const = default;

 private:
  friend class Sha256;
  std::array<char, kSize> bytes_{};
};

/// Incremental hashing. One thread at a time; reusable after finish().
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& update(BytesView bytes);
  /// The digest of all since construction or the last finish(); then starts over.
  [[nodiscard]] Digest finish();

  /// Of one piece, and of two pieces one after the other.
  [[nodiscard]] static Digest of(BytesView bytes);
  [[nodiscard]] static Digest of(BytesView first, BytesView second);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tram

template <>
struct std::hash<tram::Digest> {
  std::size_t operator()(const tram::Digest& digest) const noexcept {
    std::size_t out = 0;  // the bytes are already uniform
    for (std::size_t i = 0; i < sizeof out; ++i)
      out = out << 8 | static_cast<unsigned char>(digest.bytes()[i]);
    return out;
  }
};
