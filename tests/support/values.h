// Values that tests make often.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exchange/node.h"
#include "tests/support/practice_signatures.h"

namespace tram::sim {

[[nodiscard]] AgencyCode code(std::string_view text);
[[nodiscard]] std::vector<AgencyCode> codes(const std::vector<std::string>& texts);

/// A short, well-formed dispatch.
[[nodiscard]] Submission dispatch(std::string_view sender, const std::string& id,
                                  const std::vector<std::string>& recipients);
/// A status of `sender` about `about`.
[[nodiscard]] Submission status(const AgencyCode& sender, const std::string& id, const MessageKey& about,
                                StatusCode status);
/// An attachment and its bytes.
struct File {
  Attachment attachment;
  Bytes bytes;
};
[[nodiscard]] File file(const std::string& name, Bytes bytes);

/// The fields as a request, the node seals it; the files go inline.
[[nodiscard]] exchange::SubmissionRequest request(Submission fields, const std::vector<File>& files = {});

/// A header of `fields` that the agency signs itself at `signed_at`.
[[nodiscard]] exchange::SignedSubmission sign(const Submission& fields, Timestamp signed_at,
                                              const PracticeCertificate& certificate);

/// The certificate of an agency's seal, of a node's own seal, and the SHA-256 of a TLS certificate.
[[nodiscard]] PracticeCertificate seal_of(const AgencyCode& agency);
[[nodiscard]] PracticeCertificate seal_of_node(const AgencyCode& node);
[[nodiscard]] Digest tls(const std::string& whose);

/// The same key for the same origin on every run.
[[nodiscard]] log::NoteSigner log_key(const std::string& origin);

}  // namespace tram::sim
