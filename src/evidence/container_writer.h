// Writes containers (evidence/container.h).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "log/note.h"
#include "model/message.h"
#include "model/receipt.h"
#include "trust/certificate.h"

namespace tram::evidence {

/// All of a container but the attachments' bytes.
struct ContainerParts {
  Bytes header;
  std::vector<Attachment> attachments;              ///< of that header
  Bytes signature;                                  ///< wire form (trust/cms.h)
  std::vector<trust::CertificatePtr> certificates;  ///< the signer's and its issuers': trust::with_issuers()
  std::vector<ReceiptBundle> receipts;
  std::vector<log::VerifierKey>
      log_keys;  ///< of the logs of the receipts, as far as known; others are left out
};

/// The next bytes of an attachment, up to some MiB; empty at its end.
using ReadChunk = std::function<Result<Bytes>()>;
/// Called for attachment 0, 1, … in order; the next one is opened after the last chunk of the one before, so
/// that all may come from one stream.
using OpenAttachment = std::function<Result<ReadChunk>(std::size_t index)>;

/// Writes `path` through a temporary file beside it, which is renamed when complete; a file already there is
/// replaced. On an error nothing is left. Nothing is flushed: that is the caller's, as the name it is to
/// have. Equal parts give equal bytes: members are stored, not compressed, and dated 1980-01-01. Memory does
/// not grow with the attachments: they are hashed and written as they come. Blocks. Errors: DATA_LOSS,
/// ATTACHMENT_MISMATCH if the bytes have not the size or digest of the header; INVALID_ARGUMENT for a
/// malformed signature, certificate or record; CONTAINER_UNWRITABLE; those of `open_attachment` and its
/// reader.
[[nodiscard]] Result<void> write_container(const std::string& path, const ContainerParts& parts,
                                           const OpenAttachment& open_attachment);

}  // namespace tram::evidence
