#include "tests/evidence/raw_zip.h"

#include <zlib.h>

#include <stdexcept>

namespace tram::evidence::test {
namespace {

const Bytef* octets(BytesView bytes) { return reinterpret_cast<const Bytef*>(bytes.data()); }

std::uint32_t crc_of(BytesView bytes) {
  return static_cast<std::uint32_t>(crc32(0, octets(bytes), static_cast<uInt>(bytes.size())));
}

std::uint32_t get(BytesView bytes, std::size_t at, int width) {
  std::uint32_t value = 0;
  for (int i = width; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes.at(at + static_cast<std::size_t>(i)));
  return value;
}

/// What both headers say, from "version needed" to the sizes.
void put_common(Bytes& out, const RawMember& member) {
  put(out, 20, 2);
  put(out, member.flags, 2);
  put(out, member.method, 2);
  put(out, 0, 2);       // time
  put(out, 0x0021, 2);  // 1980-01-01
  put(out, member.crc, 4);
  put(out, member.data.size(), 4);
  put(out, member.size, 4);
}

}  // namespace

void put(Bytes& out, std::uint64_t value, int width) {
  for (; width > 0; --width, value >>= 8) out += static_cast<char>(value & 0xff);
}

RawMember stored(std::string name, BytesView content) {
  RawMember out;
  out.name = std::move(name);
  out.data = content;
  out.crc = crc_of(content);
  out.size = static_cast<std::uint32_t>(content.size());
  return out;
}

RawMember deflated(std::string name, BytesView content) {
  RawMember out = stored(std::move(name), content);
  out.method = 8;
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  out.data.assign(deflateBound(&stream, content.size()), '\0');
  stream.next_in = const_cast<Bytef*>(octets(content));  // zlib does not write there
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data.data());
  stream.avail_out = static_cast<uInt>(out.data.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("deflate");
  out.data.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Bytes raw_zip(const std::vector<RawMember>& members) {
  Bytes out, directory;
  for (const RawMember& member : members) {
    out += member.gap;
    const std::size_t at = out.size();
    put(out, 0x04034b50, 4);
    put_common(out, member);
    put(out, member.name.size(), 2);
    put(out, member.local_extra.size(), 2);
    out += member.name + member.local_extra + member.data;
    put(directory, 0x02014b50, 4);
    put(directory, 0x0314, 2);
    put_common(directory, member);
    put(directory, member.name.size(), 2);
    put(directory, member.central_extra.size(), 2);
    put(directory, 0, 2 + 2 + 2);  // comment, disk, internal attributes
    put(directory, member.external, 4);
    put(directory, at, 4);
    directory += member.name + member.central_extra;
  }
  const std::size_t at = out.size();
  out += directory;
  put(out, 0x06054b50, 4);
  put(out, 0, 4);
  put(out, members.size(), 2);
  put(out, members.size(), 2);
  put(out, directory.size(), 4);
  put(out, at, 4);
  put(out, 0, 2);
  return out;
}

std::vector<RawMember> members_of(BytesView container) {
  std::vector<RawMember> out;
  std::size_t at = 0;
  while (get(container, at, 4) == 0x04034b50) {
    const std::size_t size = get(container, at + 18, 4), name = get(container, at + 26, 2);
    const std::size_t data = at + 30 + name + get(container, at + 28, 2);
    RawMember member = stored(std::string(container.substr(at + 30, name)), container.substr(data, size));
    member.flags = static_cast<std::uint16_t>(get(container, at + 6, 2));
    out.push_back(std::move(member));
    at = data + size;
  }
  return out;
}

}  // namespace tram::evidence::test
