#include "exchange/judging.h"

namespace tram::exchange {

namespace {

void keep_certificate(const Context& context, const Digest& digest, const Bytes& der) {
  context.unsaved.add(digest, der);
  context.services.messages.submit(
      [digest, der](Transaction& transaction) -> Result<void> {
        transaction.put_certificate(digest, der);
        return {};
      },
      [&context, digest](const Result<void>& committed) {
        if (committed) context.unsaved.saved(digest);
      },
      /*urgent=*/true);  // no urgent message may be stored before it
}

}  // namespace

bool know_certificate(const Context& context, const Digest& certificate) {
  if (context.services.verifier.knows(certificate)) return true;
  const auto stored = context.services.messages.certificate(certificate);
  if (!stored || !context.services.verifier.learn(*stored)) return false;
  // If it was pruned since, for nobody needed it, whoever the verifier lets pass needs it.
  keep_certificate(context, certificate, *stored);
  return true;
}

Result<Verdict> judge(const Context& context, const SignatureCheck& check, const Bytes& brought) {
  if (brought.empty()) return context.services.verifier.verify(check);
  const bool known = context.services.verifier.knows(check.certificate);
  auto verdict = context.services.verifier.verify_with(brought, check);
  if (verdict && verdict->good() && !known) keep_certificate(context, check.certificate, brought);
  return verdict;
}

Result<void> require_good(const Verdict& verdict) {
  if (verdict.good()) return {};
  Error error = failure(ErrorCode::failed_precondition, "SIGNATURE_REFUSED",
                        "the signature for " + verdict.agency.text() + " does not hold",
                        "sign with a valid certificate that speaks for the agency");
  error.causes = verdict.causes;
  return error;
}

Result<void> match_content(const Attachment& attachment, BytesView bytes, const std::string& field) {
  if (bytes.size() != attachment.size) {
    return invalid(
        field + ".size", "LENGTH_MISMATCH",
        std::to_string(bytes.size()) + " bytes came, " + std::to_string(attachment.size) + " were announced");
  }
  if (Sha256::of(bytes) != attachment.sha256) {
    return invalid(field + ".sha256", "DIGEST_MISMATCH", "the bytes that came have another SHA-256");
  }
  return {};
}

Result<std::vector<ContentLocation>> place_contents(const Context& context,
                                                    const std::vector<Attachment>& attachments,
                                                    const std::vector<HopContent>& contents,
                                                    const std::string& owner) {
  if (contents.size() != attachments.size()) {
    return invalid("contents", "CONTENT_COUNT",
                   std::to_string(attachments.size()) + " attachments are named, content came for " +
                       std::to_string(contents.size()));
  }
  std::uint64_t inline_bytes = 0;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    if (contents[i].uploaded) continue;
    inline_bytes += contents[i].bytes.size();
    auto matched = match_content(attachments[i], contents[i].bytes, "attachments[" + std::to_string(i) + "]");
    if (!matched) return matched.error();
  }
  if (inline_bytes > context.settings.inline_limit) {
    return invalid("contents", "INLINE_TOO_LARGE",
                   std::to_string(inline_bytes) + " bytes inline, at most " +
                       std::to_string(context.settings.inline_limit) + " are allowed",
                   "upload larger attachments with Content.Put first");
  }
  std::vector<ContentLocation> places;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    const Attachment& file = attachments[i];
    auto place = contents[i].uploaded ? context.services.contents.uploaded(owner, file.sha256, file.size)
                                      : context.services.contents.append(contents[i].bytes);
    if (!place && place.error().code == ErrorCode::not_found) {
      Error missing = invalid("attachments[" + std::to_string(i) + "]", "CONTENT_MISSING",
                              "\"" + file.name + "\" was not uploaded by this submitter",
                              "upload it with Content.Put, then submit again");
      return missing;
    }
    if (!place) return place.error();
    places.push_back(std::move(*place));
  }
  return places;
}

}  // namespace tram::exchange
