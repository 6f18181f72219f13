// Small contents, one after another in large files: one sync serves many.
//
// A segment is the contents' bytes and nothing else; places and lengths stand in the message store. It is
// filled by one process alone and never appended to after a restart, so that a torn tail stays unreferred.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "exchange/content_store.h"
#include "store/container_pins.h"
#include "store/content/file.h"
#include "store/content_options.h"

namespace tram::store {

/// Threads: any.
class Segments {
 public:
  /// REQUIRES: the folder exists.
  [[nodiscard]] static Result<std::unique_ptr<Segments>> open(Disk& disk, std::string folder,
                                                              const ContentOptions& options,
                                                              ContainerPins& pins);

  [[nodiscard]] Result<exchange::ContentLocation> append(BytesView bytes);
  /// Begins a new segment, unless the newest one is empty.
  [[nodiscard]] Result<void> seal();
  /// The newest segment must stay: its number tells the next start where to go on.
  [[nodiscard]] bool is_newest(const std::string& name) const;
  /// One fdatasync for all appended since the last one; appending goes on meanwhile. After a failure every
  /// later flush fails.
  [[nodiscard]] Result<void> flush();

 private:
  struct Segment {
    std::string name;
    File file;
    std::shared_ptr<const void> pin;
  };

  Segments(Disk& disk, std::string folder, const ContentOptions& options, std::uint64_t last_number,
           ContainerPins& pins)
      : disk_(disk), folder_(std::move(folder)), options_(options), pins_(pins), last_number_(last_number) {}
  [[nodiscard]] Result<void> begin_segment();

  Disk& disk_;
  const std::string folder_;
  const ContentOptions options_;
  ContainerPins& pins_;
  mutable std::mutex appending_;  // of the next four
  std::uint64_t last_number_;
  std::shared_ptr<Segment> current_;  // null until the first append
  std::uint64_t end_ = 0;             // of the current segment
  std::vector<std::shared_ptr<Segment>> unsynced_;
  std::mutex flushing_;  // taken before the other
  std::optional<Error> failed_;
};

}  // namespace tram::store
