// Checks that submissions and arrivals share.
#pragma once

#include <vector>

#include "exchange/context.h"

namespace tram::exchange {

/// Makes the certificate known to the verifier, from the store if need be; false if it is nowhere.
[[nodiscard]] bool know_certificate(const Context& context, const Digest& certificate);

/// The verdict on a signature. `brought`, if not empty, is the certificate, and is learnt if the verdict is
/// good: then the store keeps it before any message submitted from now on, or with it (see
/// UnsavedCertificates), for what the verifier knows can be passed on. INVALID_ARGUMENT if it is none.
[[nodiscard]] Result<Verdict> judge(const Context& context, const SignatureCheck& check,
                                    const Bytes& brought);

/// FAILED_PRECONDITION, reason SIGNATURE_REFUSED, with all causes, unless the verdict is good.
[[nodiscard]] Result<void> require_good(const Verdict& verdict);

/// Compares an attachment's bytes with what the header says; INVALID_ARGUMENT naming `field`.
[[nodiscard]] Result<void> match_content(const Attachment& attachment, BytesView bytes,
                                         const std::string& field);

/// Stores what came inline and finds what was uploaded, one location an attachment. INVALID_ARGUMENT naming
/// the attachment; NOT_FOUND with reason CONTENT_MISSING if an upload is not there.
[[nodiscard]] Result<std::vector<ContentLocation>> place_contents(const Context& context,
                                                                  const std::vector<Attachment>& attachments,
                                                                  const std::vector<HopContent>& contents,
                                                                  const std::string& owner);

}  // namespace tram::exchange
