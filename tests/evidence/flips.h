// Containers with one bit changed, in place: writing the file anew for each bit is what would take the time.
#pragma once

#include <string>
#include <vector>

#include "tests/evidence/fixtures.h"

namespace tram::evidence::test {

/// Where a member of a container lies.
struct Place {
  std::string name;
  std::size_t local = 0;    ///< its local header
  std::size_t data = 0;     ///< its bytes, stored
  std::size_t size = 0;     ///< of its bytes
  std::size_t central = 0;  ///< its header in the central directory
};

/// Bytes with one bit changed.
Bytes flipped(BytesView bytes, std::size_t at, int bit);

/// A container file that is changed and put right again. One thread.
class FlippedFile {
 public:
  FlippedFile(const Folder& folder, Bytes container, const VerificationTrust& trust);
  ~FlippedFile();
  FlippedFile(const FlippedFile&) = delete;
  FlippedFile& operator=(const FlippedFile&) = delete;

  [[nodiscard]] const std::vector<Place>& places() const { return places_; }
  [[nodiscard]] const Bytes& container() const { return container_; }

  /// The report as it is.
  [[nodiscard]] ContainerReport verify() const;
  /// With one bit of the file changed.
  [[nodiscard]] ContainerReport with_bit(std::size_t at, int bit);
  /// With one bit of a member changed, and its CRC-32 in both headers that of the changed member.
  [[nodiscard]] ContainerReport with_bit_of(const Place& member, std::size_t at, int bit);

 private:
  void put(std::size_t at, BytesView bytes) const;

  const std::string path_;
  const Bytes container_;
  const VerificationTrust& trust_;
  std::vector<Place> places_;
  int fd_ = -1;
};

}  // namespace tram::evidence::test
