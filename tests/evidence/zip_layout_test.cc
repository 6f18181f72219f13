#include "evidence/zip_layout.h"

#include <filesystem>
#include <fstream>

#include "tests/evidence/fixtures.h"
#include "tests/evidence/raw_zip.h"

namespace tram::evidence::test {
namespace {

constexpr std::uint64_t kLarge = (4ULL << 30) + 5;  // bytes of a member that is a hole in the file
constexpr std::uint64_t kPlaceHolder = 0xffffffff;

/// The fields from "version needed" to "extra length" of either header.
void put_common(Bytes& out, int version, std::uint64_t size, std::size_t extra) {
  put(out, static_cast<std::uint64_t>(version), 2);
  put(out, 0, 2 + 2 + 2);  // flags, method, time
  put(out, 0x21, 2);
  put(out, 0, 4);  // CRC: not looked at
  put(out, size, 4);
  put(out, size, 4);
  put(out, 1, 2);  // a name of one letter
  put(out, extra, 2);
}

Bytes local(char name, int version, std::uint64_t size, const Bytes& extra) {
  Bytes out;
  put(out, 0x04034b50, 4);
  put_common(out, version, size, extra.size());
  return out + name + extra;
}

Bytes central(char name, int version, std::uint64_t size, std::uint64_t offset, const Bytes& extra) {
  Bytes out;
  put(out, 0x02014b50, 4);
  put(out, 0x033f, 2);
  put_common(out, version, size, extra.size());
  put(out, 0, 2 + 2 + 2 + 4);
  put(out, offset, 4);
  return out + name + extra;
}

Bytes zip64(std::initializer_list<std::uint64_t> values) {
  Bytes out;
  put(out, 1, 2);
  put(out, 8 * values.size(), 2);
  for (const std::uint64_t value : values) put(out, value, 8);
  return out;
}

Bytes end_records(std::uint64_t directory, std::uint64_t size) {
  Bytes out;
  put(out, 0x06064b50, 4);
  put(out, 44, 8);
  put(out, 45, 2);
  put(out, 45, 2);
  put(out, 0, 4 + 4);
  put(out, 2, 8);
  put(out, 2, 8);
  put(out, size, 8);
  put(out, directory, 8);
  put(out, 0x07064b50, 4);
  put(out, 0, 4);
  put(out, directory + size, 8);
  put(out, 1, 4);
  put(out, 0x06054b50, 4);
  put(out, 0, 4);
  put(out, 2, 2);
  put(out, 2, 2);
  put(out, size, 4);
  put(out, kPlaceHolder, 4);
  put(out, 0, 2);
  return out;
}

/// A file with a member "a" beyond 4 GiB, nearly all of it a hole, and an empty "b" behind it.
struct LargeFile {
  LargeFile() {
    const Bytes first = local('a', 45, kPlaceHolder, zip64({kLarge, kLarge}));
    second_at = first.size() + kLarge;
    const Bytes directory = central('a', 45, kPlaceHolder, 0, zip64({kLarge, kLarge})) +
                            central('b', 45, 0, kPlaceHolder, zip64({second_at}));
    const Bytes second = local('b', 10, 0, {});
    directory_at = second_at + second.size();
    tail = second + directory + end_records(directory_at, directory.size());
    write_file(path, first);
    std::filesystem::resize_file(path, second_at);
    write_tail();
  }
  void write_tail() const {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(second_at));
    file.write(tail.data(), static_cast<std::streamsize>(tail.size()));
    ASSERT_TRUE(file.flush());
  }
  const Folder folder;
  const std::string path = folder / "large.zip";
  std::uint64_t second_at = 0, directory_at = 0;
  Bytes tail;  // all behind the hole
};

TEST(ZipLayout, ReadsMembersAndOffsetsBeyond4GiB) {
  const LargeFile file;
  const auto members = read_zip_layout(file.path);
  ASSERT_TRUE(members) << members.error().text();
  ASSERT_EQ(members->size(), 2U);
  EXPECT_EQ((*members)[0].size, kLarge);
  EXPECT_EQ((*members)[1].local_header, file.second_at);
}

TEST(ZipLayout, NoByteBehindALargeMemberIsFreeButItsDescription) {
  LargeFile file;
  const Bytes right = file.tail;
  std::size_t passed = 0;
  for (std::size_t at = 0; at < right.size(); ++at) {
    file.tail = right;
    file.tail[at] = static_cast<char>(file.tail[at] ^ 0x40);
    file.write_tail();
    const auto members = read_zip_layout(file.path);
    passed += members && (*members)[0].name == "a" && (*members)[1].name == "b" ? 1U : 0U;
  }
  // Of "b" alone: version made by (2 bytes), permissions (4); of "a" the same; of the zip64 end record its
  // versions (4).
  EXPECT_LE(passed, 6U + 6U + 4U);
}

}  // namespace
}  // namespace tram::evidence::test
