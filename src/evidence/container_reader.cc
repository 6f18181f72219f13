#include "evidence/container_reader.h"

#include <algorithm>
#include <array>
#include <set>

#include "evidence/container.h"
#include "evidence/zip_handle.h"
#include "evidence/zip_layout.h"
#include "model/message_rules.h"

namespace tram::evidence {

struct ContainerReader::Zip {
  ZipPtr handle;
};

namespace {

bool leaves_container(std::string_view name) {
  if (name.starts_with('/') || name.ends_with('/') || name.find('\\') != std::string_view::npos) return true;
  while (!name.empty()) {
    const auto slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    if (part == ".." || part == "." || part.empty()) return true;
    name = slash == std::string_view::npos ? std::string_view() : name.substr(slash + 1);
  }
  return false;
}

// A name with a NUL inside reads differently.
bool same_members(const std::vector<ZipMember>& layout, const std::vector<ContainerReader::Member>& members) {
  return std::equal(layout.begin(), layout.end(), members.begin(), members.end(),
                    [](const ZipMember& a, const ContainerReader::Member& b) {
                      return a.name == b.name && a.size == b.size;
                    });
}

// The layout is walked to its first fault, and no further: a member named there is not all that is unknown.
Error unwalked() {
  return invalid("", "ZIP_LAYOUT",
                 "its layout was not read beyond a member at fault: it may hold more than it shows");
}

Error unreadable(const std::string& path, const std::string& why) {
  return invalid("", "CONTAINER_UNREADABLE", path + " cannot be read as a container: " + why);
}

}  // namespace

ContainerReader::ContainerReader(std::shared_ptr<Zip> zip) : zip_(std::move(zip)) {}

Result<ContainerReader> ContainerReader::open(const std::string& path) {
  const auto layout = read_zip_layout(path);
  if (!layout && layout.error().code == ErrorCode::not_found) return layout.error();
  int code = 0;
  auto zip = std::make_shared<Zip>(ZipPtr(zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code)));
  if (!zip->handle) {
    Error error = unreadable(path, zip_open_error_text(code));
    if (!layout) error.causes.push_back(layout.error());
    return error;
  }
  ContainerReader reader(std::move(zip));
  if (!layout) reader.problems_.push_back(layout.error());
  if (!layout && !layout.error().field.empty()) reader.problems_.push_back(unwalked());
  auto listed = reader.list();
  if (!listed) return unreadable(path, listed.error().message);
  if (layout && !same_members(*layout, reader.members_)) {
    return unreadable(path, "two readings of it find different members");
  }
  reader.check_names();
  reader.check_mimetype();
  return reader;
}

Result<void> ContainerReader::list() {
  const zip_int64_t count = zip_get_num_entries(zip_->handle.get(), 0);
  if (count < 0 || static_cast<std::uint64_t>(count) > kMaxMembers) {
    return invalid("", "CONTAINER_UNREADABLE", "it has more members than a message can have");
  }
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
    zip_stat_t stat;
    constexpr zip_uint64_t kNeeded = ZIP_STAT_NAME | ZIP_STAT_SIZE;
    if (zip_stat_index(zip_->handle.get(), i, ZIP_FL_ENC_RAW, &stat) != 0 ||
        (stat.valid & kNeeded) != kNeeded) {
      return invalid("", "CONTAINER_UNREADABLE", "a member cannot be listed");
    }
    members_.push_back({stat.name, stat.size});
  }
  return {};
}

void ContainerReader::check_names() {
  std::set<std::string_view> seen;
  for (const Member& member : members_) {
    if (!seen.insert(member.name).second)
      add_problem(member.name, "MEMBER_TWICE", "stands in the container twice");
    if (!utf8_length(member.name)) add_problem(member.name, "MEMBER_NAME", "has a name that is not UTF-8");
    if (leaves_container(member.name)) {
      add_problem(member.name, "MEMBER_NAME", "has a name that leaves the container or names a folder");
    }
  }
}

// ETSI EN 319 162-1 clause A.1: readers know the file's type by its first bytes alone.
void ContainerReader::check_mimetype() {
  const std::string member(kMimetypeMember);
  if (members_.empty() || members_[0].name != kMimetypeMember) {
    return add_problem(member, "MIMETYPE", "is not the first member");
  }
  zip_stat_t stat;
  if (zip_stat_index(zip_->handle.get(), 0, 0, &stat) != 0 || (stat.valid & ZIP_STAT_COMP_METHOD) == 0 ||
      stat.comp_method != ZIP_CM_STORE) {
    return add_problem(member, "MIMETYPE", "is compressed");
  }
  const auto bytes = read(0, kMimetype.size());
  if (!bytes) return problems_.push_back(bytes.error());
  if (*bytes != kMimetype) add_problem(member, "MIMETYPE", "is not exactly " + std::string(kMimetype));
}

void ContainerReader::add_problem(const std::string& member, std::string reason, std::string message) {
  problems_.push_back(invalid(member, std::move(reason), std::move(message)));
}

Result<Bytes> ContainerReader::read(std::size_t index, std::uint64_t limit) const {
  Bytes out;
  auto done = stream(index, limit, [&](BytesView chunk) { out += chunk; });
  if (!done) return done.error();
  return out;
}

Result<Digest> ContainerReader::hash(std::size_t index, std::uint64_t limit) const {
  Sha256 hash;
  auto done = stream(index, limit, [&](BytesView chunk) { hash.update(chunk); });
  if (!done) return done.error();
  return hash.finish();
}

Result<void> ContainerReader::stream(std::size_t index, std::uint64_t limit, const Sink& sink) const {
  const Member& member = members_.at(index);
  const Error too_large = invalid(member.name, "MEMBER_TOO_LARGE",
                                  "is longer than the " + std::to_string(limit) + " bytes it may have");
  if (member.size > limit) return too_large;
  Error damaged = failure(ErrorCode::data_loss, "MEMBER_DAMAGED", "does not unpack, or its CRC-32 is wrong");
  damaged.field = member.name;
  const ZipFilePtr file(zip_fopen_index(zip_->handle.get(), index, 0));
  if (!file) return damaged;
  std::array<char, 65536> buffer;
  std::uint64_t total = 0;
  // Read on to the end even when all bytes have come: libzip compares the CRC there.
  while (true) {
    const zip_int64_t count = zip_fread(file.get(), buffer.data(), buffer.size());
    if (count < 0) return damaged;
    if (count == 0) break;
    total += static_cast<std::uint64_t>(count);
    if (total > limit) return too_large;
    sink({buffer.data(), static_cast<std::size_t>(count)});
  }
  if (total != member.size) return damaged;
  return {};
}

}  // namespace tram::evidence
