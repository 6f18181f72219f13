#include "evidence/zip_layout.h"

#include <fstream>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace tram::evidence {
namespace {

constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kLocatorSignature = 0x07064b50;
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kLocatorSize = 20;
constexpr std::uint64_t kMaxDirectory = 16 << 20;  // bytes
constexpr std::uint32_t kFull32 = 0xffffffff;      // "the value stands in the zip64 field"
constexpr std::uint16_t kFull16 = 0xffff;
constexpr std::uint16_t kZip64Field = 0x0001;
constexpr std::uint16_t kUtf8Flag = 0x0800;
constexpr std::uint16_t kDeflateLevelFlags = 0x0006;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;

Error bad_layout(std::string member, std::string message) {
  return invalid(std::move(member), "ZIP_LAYOUT", std::move(message));
}

std::uint64_t number(BytesView bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}
std::uint16_t u16(BytesView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(number(bytes, at, 2));
}
std::uint32_t u32(BytesView bytes, std::size_t at) {
  return static_cast<std::uint32_t>(number(bytes, at, 4));
}
std::uint64_t u64(BytesView bytes, std::size_t at) { return number(bytes, at, 8); }

class File {
 public:
  explicit File(const std::string& path) : stream_(path, std::ios::binary | std::ios::ate) {
    if (stream_) size_ = static_cast<std::uint64_t>(stream_.tellg());
  }
  [[nodiscard]] bool is_open() const { return stream_.is_open(); }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Nothing if the file is shorter.
  [[nodiscard]] std::optional<Bytes> read(std::uint64_t offset, std::uint64_t length) {
    if (offset > size_ || length > size_ - offset) return std::nullopt;
    Bytes out(length, '\0');
    stream_.seekg(static_cast<std::streamoff>(offset));
    stream_.read(out.data(), static_cast<std::streamsize>(length));
    if (!stream_) return std::nullopt;
    return out;
  }

 private:
  std::ifstream stream_;
  std::uint64_t size_ = 0;
};

struct Directory {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t count = 0;
};

Error no_end() {
  return bad_layout(
      "", "the file does not end as a ZIP file: cut off, or with a comment or bytes behind its end");
}

/// The directory's place by the zip64 records that stand before the end record.
Result<Directory> read_end64(File& file) {
  constexpr std::uint64_t kTail = kEnd64Size + kLocatorSize + kEndSize;
  if (file.size() < kTail) return no_end();
  const std::uint64_t at = file.size() - kTail;
  const auto tail = file.read(at, kEnd64Size + kLocatorSize);
  if (!tail || u32(*tail, 0) != kEnd64Signature || u64(*tail, 4) != kEnd64Size - 12 ||
      u32(*tail, kEnd64Size) != kLocatorSignature) {
    return no_end();
  }
  const BytesView locator = BytesView(*tail).substr(kEnd64Size);
  const bool one_disk =
      u32(*tail, 16) == 0 && u32(*tail, 20) == 0 && u32(locator, 4) == 0 && u32(locator, 16) == 1;
  if (!one_disk || u64(*tail, 24) != u64(*tail, 32) || u64(locator, 8) != at) return no_end();
  const Directory found{u64(*tail, 48), u64(*tail, 40), u64(*tail, 32)};
  if (found.offset > at || found.size != at - found.offset) {
    return bad_layout("", "bytes between the central directory and its end record");
  }
  return found;
}

Result<Directory> read_end(File& file) {
  if (file.size() < kEndSize) return no_end();
  const std::uint64_t at = file.size() - kEndSize;
  const auto end = file.read(at, kEndSize);
  if (!end || u32(*end, 0) != kEndSignature || u16(*end, 20) != 0) return no_end();
  if (u16(*end, 4) != 0 || u16(*end, 6) != 0 || u16(*end, 8) != u16(*end, 10)) return no_end();
  const Directory found{u32(*end, 16), u32(*end, 12), u16(*end, 10)};
  if (found.offset == kFull32 || found.size == kFull32 || found.count == kFull16) {
    const auto found64 = read_end64(file);
    if (!found64) return found64.error();
    // Each 32-bit value is either the place holder or the same value.
    const bool same = (found.offset == kFull32 || found.offset == found64->offset) &&
                      (found.size == kFull32 || found.size == found64->size) &&
                      (found.count == kFull16 || found.count == found64->count);
    if (!same) return no_end();
    return found64;
  }
  if (found.offset > at || found.size != at - found.offset) {
    return bad_layout("", "bytes between the central directory and its end record");
  }
  return found;
}

/// Replaces place holders by the values of the one zip64 field that `extra` may hold.
bool resolve_zip64(BytesView extra, const std::vector<std::uint64_t*>& values) {
  std::vector<std::uint64_t*> held;
  for (std::uint64_t* value : values) {
    if (*value == kFull32) held.push_back(value);
  }
  if (held.empty()) return extra.empty();
  if (extra.size() != 4 + 8 * held.size() || u16(extra, 0) != kZip64Field ||
      u16(extra, 2) != extra.size() - 4) {
    return false;
  }
  for (std::size_t i = 0; i < held.size(); ++i) *held[i] = u64(extra, 4 + 8 * i);
  return true;
}

bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

/// Flags and method of a member, the same in both headers.
std::string fault_of(const ZipMember& member, std::uint16_t flags) {
  if ((flags & 1) != 0) return "is encrypted";
  if (member.method != kStored && member.method != kDeflated) return "is compressed by an unknown method";
  const std::uint16_t allowed = member.method == kDeflated ? kUtf8Flag | kDeflateLevelFlags : kUtf8Flag;
  if ((flags & ~allowed) != 0) return "has a data descriptor or another flag that is not allowed";
  if (!is_ascii(member.name) && (flags & kUtf8Flag) == 0) return "has a name that is not marked as UTF-8";
  if (member.method == kStored && member.size != member.stored_size) return "claims two sizes";
  return {};
}

/// Permissions that would make an unpacked member anything but a plain file.
bool is_plain_file(std::uint32_t external) {
  constexpr std::uint32_t kTypeMask = 0170000, kRegular = 0100000, kSetIdBits = 07000, kDosNotFile = 0x18;
  const std::uint32_t mode = external >> 16;
  const std::uint32_t type = mode & kTypeMask;
  return (type == 0 || type == kRegular) && (mode & kSetIdBits) == 0 && (external & kDosNotFile) == 0;
}

/// Reads the central header at the beginning of `rest` and removes it.
Result<ZipMember> take_central(BytesView& rest, BytesView& header) {
  if (rest.size() < kCentralSize || u32(rest, 0) != kCentralSignature) {
    return bad_layout("", "the central directory is malformed");
  }
  const std::size_t name = u16(rest, 28), extra = u16(rest, 30), comment = u16(rest, 32);
  if (rest.size() < kCentralSize + name + extra) return bad_layout("", "the central directory is cut off");
  header = rest.substr(0, kCentralSize);
  ZipMember member{std::string(rest.substr(kCentralSize, name)),
                   u16(rest, 10),
                   u32(rest, 16),
                   u32(rest, 20),
                   u32(rest, 24),
                   u32(rest, 42)};
  const bool sizes = resolve_zip64(rest.substr(kCentralSize + name, extra),
                                   {&member.size, &member.stored_size, &member.local_header});
  if (!sizes || comment != 0) return bad_layout(member.name, "has an extra field or a comment");
  const std::string fault = fault_of(member, u16(rest, 8));
  if (!fault.empty()) return bad_layout(member.name, fault);
  // Internal attributes: bit 0, "apparently text", is the only one in use.
  if (u16(rest, 34) != 0 || u16(rest, 36) > 1 || !is_plain_file(u32(rest, 38))) {
    return bad_layout(member.name, "is not a plain file");
  }
  rest.remove_prefix(kCentralSize + name + extra);
  return member;
}

/// The version needed to read the member. One whose offset alone is beyond 32 bits needs zip64 (4.5) in the
/// central directory and not in front of its data.
bool same_version(BytesView local, BytesView central) {
  constexpr std::uint16_t kZip64Version = 45;
  const bool has_zip64 = u16(central, 30) != 0;
  return u16(local, 4) == u16(central, 6) || (has_zip64 && u16(central, 6) == kZip64Version);
}

/// Compares the local header at `at` with its central twin; answers where the member's data end.
Result<std::uint64_t> check_local(File& file, std::uint64_t at, const ZipMember& member, BytesView central) {
  if (member.local_header != at)
    return bad_layout(member.name, "bytes before this member, or members overlap");
  const auto fixed = file.read(at, kLocalSize);
  if (!fixed || u32(*fixed, 0) != kLocalSignature) return bad_layout(member.name, "has no local header");
  const std::uint64_t name_size = u16(*fixed, 26), extra_size = u16(*fixed, 28);
  const auto rest = file.read(at + kLocalSize, name_size + extra_size);
  if (!rest) return bad_layout(member.name, "is cut off");
  std::uint64_t stored_size = u32(*fixed, 18), size = u32(*fixed, 22);
  const bool sizes = resolve_zip64(BytesView(*rest).substr(name_size), {&size, &stored_size});
  constexpr std::size_t kTwinSize = 12;  // flags, method, time, date, CRC
  const bool same = same_version(*fixed, central) &&
                    BytesView(*fixed).substr(6, kTwinSize) == central.substr(8, kTwinSize) &&
                    BytesView(*rest).substr(0, name_size) == member.name && size == member.size &&
                    stored_size == member.stored_size;
  if (!sizes || !same) return bad_layout(member.name, "is described differently in its two headers");
  const std::uint64_t data = at + kLocalSize + name_size + extra_size;
  if (data > file.size() || stored_size > file.size() - data) return bad_layout(member.name, "is cut off");
  return data + stored_size;
}

}  // namespace

Result<std::vector<ZipMember>> read_zip_layout(const std::string& path) {
  File file(path);
  if (!file.is_open()) return failure(ErrorCode::not_found, "FILE_UNREADABLE", "cannot read " + path);
  const auto directory = read_end(file);
  if (!directory) return directory.error();
  if (directory->count > kMaxMembers || directory->size > kMaxDirectory) {
    return bad_layout("", "more members than a message can have");
  }
  const auto bytes = file.read(directory->offset, directory->size);
  if (!bytes) return no_end();
  BytesView rest = *bytes;
  std::vector<ZipMember> members;
  std::uint64_t at = 0;
  for (std::uint64_t i = 0; i < directory->count; ++i) {
    BytesView header;
    auto member = take_central(rest, header);
    if (!member) return member.error();
    const auto end = check_local(file, at, *member, header);
    if (!end) return end.error();
    at = *end;
    members.push_back(std::move(*member));
  }
  if (!rest.empty() || at != directory->offset) return bad_layout("", "bytes behind the last member");
  return members;
}

}  // namespace tram::evidence
