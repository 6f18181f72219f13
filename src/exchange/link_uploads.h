// Uploading the content of messages to one peer: one attachment goes up once, however many messages have it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "exchange/context.h"

namespace tram::exchange {

/// Shared by the lanes of a link: the peer takes one writer an upload. Threads: any.
class LinkUploads {
 public:
  using Done = std::function<void(const Result<void>&)>;

  LinkUploads(const Context& context, std::string link) : context_(context), link_(std::move(link)) {}

  /// Uploads it, or waits for the upload that is under way. `done` on any thread.
  void upload(const Attachment& attachment, const ContentLocation& location, Done done);

 private:
  using Key = std::pair<Digest, std::uint64_t>;  // digest and size
  void finished(const Key& key, const Result<void>& result);

  const Context& context_;
  const std::string link_;
  std::mutex mutex_;  // guards waiting_
  std::map<Key, std::vector<Done>> waiting_;
};

}  // namespace tram::exchange
