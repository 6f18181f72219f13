#include "tests/evidence/flips.h"

#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>

#include "tests/evidence/raw_zip.h"

namespace tram::evidence::test {
namespace {

constexpr std::size_t kCrcInLocal = 14, kCrcInCentral = 16, kLocal = 30;

std::vector<Place> places_of(BytesView container) {
  std::vector<Place> out;
  std::size_t at = 0, central = container.find("PK\x01\x02");
  for (const RawMember& member : members_of(container)) {
    out.push_back({member.name, at, at + kLocal + member.name.size(), member.data.size(), central});
    at = out.back().data + member.data.size();
    central = container.find("PK\x01\x02", central + 1);
  }
  return out;
}

}  // namespace

Bytes flipped(BytesView bytes, std::size_t at, int bit) {
  Bytes out(bytes);
  out.at(at) = static_cast<char>(out[at] ^ 1 << bit);
  return out;
}

FlippedFile::FlippedFile(const Folder& folder, Bytes container, const VerificationTrust& trust)
    : path_(folder / "flipped.asice"),
      container_(std::move(container)),
      trust_(trust),
      places_(places_of(container_)) {
  write_file(path_, container_);
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd_ < 0) throw std::runtime_error("cannot open " + path_);
}

FlippedFile::~FlippedFile() { ::close(fd_); }

void FlippedFile::put(std::size_t at, BytesView bytes) const {
  if (::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at)) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("cannot write " + path_);
}

ContainerReport FlippedFile::verify() const { return verify_container(path_, trust_); }

ContainerReport FlippedFile::with_bit(std::size_t at, int bit) {
  const BytesView right = BytesView(container_).substr(at, 1);
  put(at, flipped(right, 0, bit));
  ContainerReport report = verify();
  put(at, right);
  return report;
}

ContainerReport FlippedFile::with_bit_of(const Place& member, std::size_t at, int bit) {
  const BytesView right = BytesView(container_).substr(member.data, member.size);
  Bytes crc;
  test::put(crc, stored(member.name, flipped(right, at, bit)).crc, 4);
  put(member.local + kCrcInLocal, crc);
  put(member.central + kCrcInCentral, crc);
  ContainerReport report = with_bit(member.data + at, bit);
  put(member.local + kCrcInLocal, BytesView(container_).substr(member.local + kCrcInLocal, 4));
  put(member.central + kCrcInCentral, BytesView(container_).substr(member.central + kCrcInCentral, 4));
  return report;
}

}  // namespace tram::evidence::test
