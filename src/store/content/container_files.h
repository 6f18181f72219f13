// Segments and uploads as files: their names, and a walk through them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exchange/content_collector.h"

namespace tram::store {

/// The characters of our containers' names. A location comes from our own tables, and still names no other
/// file than ours.
[[nodiscard]] bool is_container(std::string_view name);
/// The file of a segment or a complete upload.
[[nodiscard]] std::string path_of(const std::string& folder, const std::string& container);
/// The file of any container.
[[nodiscard]] std::string path_of(const std::string& folder, const exchange::Container& container);

/// What an upload's file name says; see upload_name.h.
struct UploadFile {
  std::string owner;  ///< as the ledger knows it
  std::string name;
  std::uint64_t size = 0;  ///< announced
  bool complete = false;
};
/// Nothing for files that are not ours.
[[nodiscard]] std::optional<UploadFile> read_upload_file(const std::string& file_name);

/// Reads the folders as it goes. Files that are not ours are left out. `is_newest`: of a segment's name.
[[nodiscard]] std::unique_ptr<exchange::ContainerListing> list_containers(
    std::string folder, std::function<bool(const std::string&)> is_newest);

/// The same container as it is now; nothing if its file is gone.
[[nodiscard]] std::optional<exchange::Container> look_at(const std::string& folder,
                                                         exchange::Container container);

}  // namespace tram::store
