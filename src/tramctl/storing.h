// Writes one delivery for good: DIR/SENDER/ID/header.json, signature001.p7s, the attachments,
// delivery.json.
#pragma once

#include <tram/v1/exchange.pb.h>

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "model/verdict.h"
#include "tramctl/journal.h"
#include "trust/verifier.h"

namespace tram::client {

/// Takes the next bytes of an attachment.
using Sink = std::function<Result<void>(BytesView)>;
/// Streams an attachment from an offset on into the sink.
using Fetch = std::function<Result<void>(const v1::Delivery& delivery, std::size_t attachment,
                                         std::uint64_t offset, const Sink& sink)>;

/// What was stored, and what there is to say of it.
struct Stored {
  Received entry;
  Header header;
  std::optional<Verdict> verdict;  ///< ours; nothing if there are no roots to judge by
  std::string folder;
  std::vector<std::string> files;  ///< paths of the attachments
  std::string forwarded;  ///< how it came here though its sender did not name the recipient; else empty
  /// Ours is good; or there is none and the node's is. As is that of who forwarded it.
  bool good = false;
};

/// One thread.
class DeliveryWriter {
 public:
  /// `verifier` may be null: nothing is then verified here, and said so. `mapped` may be empty.
  DeliveryWriter(std::string dir, std::shared_ptr<const trust::Verifier> verifier, trust::Mapping mapped,
                 Fetch fetch)
      : dir_(std::move(dir)),
        verifier_(std::move(verifier)),
        mapped_(std::move(mapped)),
        fetch_(std::move(fetch)) {}

  /// All files are durable when it returns; the journal is the caller's. The same delivery again writes the
  /// same files. Errors: a header that cannot be read, bytes that are not the header's (DATA_LOSS,
  /// ATTACHMENT_MISMATCH), another header under the same key (ALREADY_EXISTS), those of files and of `fetch`.
  [[nodiscard]] Result<Stored> store(const v1::Delivery& delivery, Timestamp now) const;

 private:
  [[nodiscard]] Result<void> write(const std::string& path, BytesView bytes) const;
  [[nodiscard]] Result<void> write_attachment(const v1::Delivery& delivery, const Attachment& attachment,
                                              std::size_t index, const std::string& target) const;
  [[nodiscard]] Result<void> download(const v1::Delivery& delivery, const Attachment& attachment,
                                      std::size_t index, const std::string& target) const;
  [[nodiscard]] Result<void> write_signature(const v1::Delivery& delivery, const std::string& folder) const;
  void judge(const v1::Delivery& delivery, Timestamp now, Stored& out) const;

  std::string dir_;
  std::shared_ptr<const trust::Verifier> verifier_;
  trust::Mapping mapped_;
  Fetch fetch_;
};

}  // namespace tram::client
