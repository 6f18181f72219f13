// Reads containers of unknown origin (evidence/container.h says what should be in one).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/sha256.h"

namespace tram::evidence {

/// A hostile ZIP file, opened strictly. One thread. The file must not change while it is open.
class ContainerReader {
 public:
  struct Member {
    std::string name;        ///< as it stands in the file, valid UTF-8 if names() found nothing
    std::uint64_t size = 0;  ///< as the file claims it
  };

  /// What libzip refuses, or is no file (NOT_FOUND), has no reader. Errors: CONTAINER_UNREADABLE, ZIP_LAYOUT.
  [[nodiscard]] static Result<ContainerReader> open(const std::string& path);

  /// In the order of the file.
  [[nodiscard]] const std::vector<Member>& members() const { return members_; }
  /// What is wrong with the file as a whole (`field` is empty) or with members whatever they contain, each
  /// naming the member in `field`: the layout (evidence/zip_layout.h; a fault of one member there is one of
  /// the file too), names that leave the container or name a folder, one name twice, `mimetype` not first,
  /// not stored or with other bytes. Members can still be read, to find more.
  [[nodiscard]] const std::vector<Error>& problems() const { return problems_; }

  /// A small member, whole. INVALID_ARGUMENT, MEMBER_TOO_LARGE if it is longer than `limit` bytes, whatever
  /// it claims; DATA_LOSS, MEMBER_DAMAGED if it does not unpack or its CRC is wrong.
  [[nodiscard]] Result<Bytes> read(std::size_t index, std::uint64_t limit) const;
  /// A member of any size, in constant memory; MEMBER_TOO_LARGE as soon as it exceeds `limit`.
  [[nodiscard]] Result<Digest> hash(std::size_t index, std::uint64_t limit) const;

 private:
  struct Zip;
  using Sink = std::function<void(BytesView)>;

  explicit ContainerReader(std::shared_ptr<Zip> zip);
  Result<void> list();
  void check_names();
  void check_mimetype();
  void add_problem(const std::string& member, std::string reason, std::string message);
  [[nodiscard]] Result<void> stream(std::size_t index, std::uint64_t limit, const Sink& sink) const;

  std::shared_ptr<Zip> zip_;
  std::vector<Member> members_;
  std::vector<Error> problems_;
};

}  // namespace tram::evidence
