// The members of a container while it is being checked: what was read, what is expected, what is wrong.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/container_reader.h"

namespace tram::evidence {

/// One thread; lives as long as one verification. Causes are collected in the order found, each with its
/// member in `field`.
class MemberTable {
 public:
  explicit MemberTable(const ContainerReader& reader);

  [[nodiscard]] const std::vector<ContainerReader::Member>& all() const { return reader_.members(); }
  [[nodiscard]] bool has(std::string_view member) const { return find(member).has_value(); }

  /// Says that a member belongs here; if it is missing, check_membership() adds the cause.
  void expect(std::string_view member) { expected_.insert(std::string(member)); }
  /// Expects and reads it; nothing if it is missing or, with a cause, unreadable or longer than `limit`.
  [[nodiscard]] std::optional<Bytes> read(std::string_view member, std::uint64_t limit);
  /// Expects it and compares it with what the header says of it.
  void compare(std::string_view member, std::uint64_t size, const Digest& sha256);
  /// A cause for each member missing, and for each that nothing expects. Members below `unjudged` (a folder;
  /// empty for none) are passed over.
  void check_membership(std::string_view unjudged);

  void add(std::string_view member, std::string reason, std::string message);
  void add(std::string_view member, Error error);
  [[nodiscard]] std::vector<Error>& causes() { return causes_; }

 private:
  [[nodiscard]] std::optional<std::size_t> find(std::string_view member) const;

  const ContainerReader& reader_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::set<std::string, std::less<>> expected_;
  std::vector<Error> causes_;
};

}  // namespace tram::evidence
