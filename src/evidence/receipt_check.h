// Checks one receipt by itself: a record, its proof, and whether it is about the message at hand. What takes
// several receipts to see is in evidence/receipt_agreement.h.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "evidence/container.h"
#include "evidence/verification.h"

namespace tram::evidence {

/// What a receipt must agree with.
struct ReceiptSubject {
  const Header* header = nullptr;  ///< null if the header is not to be believed: then no receipt is good
  Digest header_digest;
  Digest manifest_digest;
  Digest signer;  ///< of the signature's certificate; zero if it could not be read
};

/// The two members of a receipt.
struct ReceiptFiles {
  ReceiptName name;
  std::string record_member;
  std::string proof_member;
  Bytes record;
  Bytes proof;
};

/// The keys of logs: those the verifier trusts, and those that merely lie in the container.
struct LogKeys {
  std::span<const log::VerifierKey> known;
  std::span<const log::VerifierKey> embedded;
};

/// Adds every cause to `causes`, naming the member; both members where either may have been changed.
[[nodiscard]] ReceiptReport check_receipt(const ReceiptFiles& files, const ReceiptSubject& subject,
                                          const LogKeys& keys, std::vector<Error>& causes);

/// Reads logs.vkey: lines sorted, each once, exactly as a VerifierKey is written. A malformed one:
/// INVALID_ARGUMENT, LOG_KEYS_MALFORMED.
[[nodiscard]] Result<std::vector<log::VerifierKey>> read_log_keys(BytesView text);

}  // namespace tram::evidence
