#include "evidence/member_table.h"

#include "evidence/container.h"

namespace tram::evidence {

MemberTable::MemberTable(const ContainerReader& reader) : reader_(reader), causes_(reader.problems()) {
  // Of two of one name the first is read; the reader has the second among its problems.
  for (std::size_t i = 0; i < all().size(); ++i) by_name_.emplace(all()[i].name, i);
}

std::optional<std::size_t> MemberTable::find(std::string_view member) const {
  const auto found = by_name_.find(member);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

std::optional<Bytes> MemberTable::read(std::string_view member, std::uint64_t limit) {
  expect(member);
  const auto index = find(member);
  if (!index) return std::nullopt;
  auto bytes = reader_.read(*index, limit);
  if (bytes) return std::move(*bytes);
  causes_.push_back(bytes.error());
  return std::nullopt;
}

void MemberTable::compare(std::string_view member, std::uint64_t size, const Digest& sha256) {
  expect(member);
  const auto index = find(member);
  if (!index) return;
  const auto digest = reader_.hash(*index, size);
  if (!digest) {
    causes_.push_back(digest.error());
  } else if (all()[*index].size != size || *digest != sha256) {
    add(member, "ATTACHMENT_MISMATCH", "is not the file that the header names: its SHA-256 is another");
  }
}

void MemberTable::check_membership(std::string_view unjudged) {
  const auto is_judged = [&](std::string_view member) {
    return unjudged.empty() || !member.starts_with(unjudged);
  };
  for (const auto& member : all()) {
    if (!expected_.contains(member.name) && is_judged(member.name)) {
      add(member.name, "MEMBER_UNKNOWN", "does not belong into the container of this message");
    }
  }
  for (const std::string& member : expected_) {
    if (!has(member)) add(member, "MEMBER_MISSING", "is missing");
  }
}

void MemberTable::add(std::string_view member, std::string reason, std::string message) {
  add(member, failure(ErrorCode::failed_precondition, std::move(reason), std::move(message)));
}

void MemberTable::add(std::string_view member, Error error) {
  error.field = member;
  causes_.push_back(std::move(error));
}

}  // namespace tram::evidence
