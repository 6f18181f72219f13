#include "store/sqlite/packing.h"

#include "store/sqlite/storage_failed.h"

namespace tram::store {
namespace {

void put_number(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

void put_string(Bytes& out, std::string_view text) {
  put_number(out, text.size());
  out += text;
}

class Unpacker {
 public:
  explicit Unpacker(BytesView packed) : rest_(packed) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    throw stored_nonsense("a packed number does not end");
  }

  std::string_view string() {
    const std::uint64_t size = number();
    if (size > rest_.size()) throw stored_nonsense("a packed string is cut off");
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }

  template <class Element>
  auto list(Element element) {
    std::vector<decltype(element())> out;
    const std::uint64_t count = number();
    if (count > rest_.size()) throw stored_nonsense("a packed list is cut off");
    out.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) out.push_back(element());
    if (!rest_.empty()) throw stored_nonsense("bytes follow a packed list");
    return out;
  }

 private:
  BytesView rest_;
};

}  // namespace

Bytes pack(const std::vector<AgencyCode>& codes) {
  Bytes out;
  put_number(out, codes.size());
  for (const AgencyCode& code : codes) put_string(out, code.text());
  return out;
}

Bytes pack(const std::vector<exchange::ContentLocation>& locations) {
  Bytes out;
  put_number(out, locations.size());
  for (const auto& location : locations) {
    put_string(out, location.container);
    put_number(out, location.offset);
    put_number(out, location.length);
  }
  return out;
}

Bytes pack(const std::vector<MessageKey>& keys) {
  Bytes out;
  put_number(out, keys.size());
  for (const MessageKey& key : keys) {
    put_string(out, key.sender.text());
    put_string(out, key.id.text());
  }
  return out;
}

Bytes pack(const std::vector<Digest>& digests) {
  Bytes out;
  out.reserve(digests.size() * Digest::kSize);
  for (const Digest& digest : digests) out += digest.bytes();
  return out;
}

AgencyCode stored_agency(std::string_view text) {
  if (text.empty()) return {};
  auto code = AgencyCode::parse(text);
  if (!code) throw stored_nonsense("an agency code is malformed");
  return *std::move(code);
}

std::vector<AgencyCode> unpack_agencies(BytesView packed) {
  Unpacker from(packed);
  return from.list([&] { return stored_agency(from.string()); });
}

std::vector<exchange::ContentLocation> unpack_locations(BytesView packed) {
  Unpacker from(packed);
  return from.list([&] {
    exchange::ContentLocation location;
    location.container = from.string();
    location.offset = from.number();
    location.length = from.number();
    return location;
  });
}

std::vector<MessageKey> unpack_keys(BytesView packed) {
  Unpacker from(packed);
  return from.list([&] {
    MessageKey key;
    key.sender = stored_agency(from.string());
    key.id = MessageId(std::string(from.string()));
    return key;
  });
}

std::vector<Digest> unpack_digests(BytesView packed) {
  if (packed.size() % Digest::kSize != 0) throw stored_nonsense("packed digests are cut off");
  std::vector<Digest> out;
  out.reserve(packed.size() / Digest::kSize);
  for (; !packed.empty(); packed.remove_prefix(Digest::kSize))
    out.push_back(*Digest::from_bytes(packed.substr(0, Digest::kSize)));
  return out;
}

}  // namespace tram::store
