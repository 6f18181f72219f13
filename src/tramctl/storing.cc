#include "tramctl/storing.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <sstream>

#include "codec/header_json.h"
#include "codec/message_proto.h"
#include "evidence/manifest.h"
#include "tramctl/forwarded.h"
#include "tramctl/safe_path.h"
#include "tramctl/text.h"
#include "tramctl/trust_files.h"
#include "tramctl/verdict_text.h"
#include "trust/cms.h"

namespace tram::client {
namespace {

constexpr std::size_t kReadBuffer = 256 * 1024;

Error mismatch(const Attachment& attachment) {
  return failure(ErrorCode::data_loss, "ATTACHMENT_MISMATCH",
                 "the bytes of " + shown(attachment.name) + " are not those that were signed",
                 "it was not acknowledged; tell the node's operator");
}

std::string summary_of(const Submission& submission) {
  if (submission.dispatch) return submission.dispatch->subject;
  const Status& status = *submission.status;
  return two_digits(status.code) + " " + std::string(name(status.code)) +
         (status.description.empty() ? "" : ": " + status.description);
}

// Hashes what an earlier download left, and says how much it is.
std::uint64_t hash_existing(const std::string& path, std::uint64_t at_most, Sha256& hash) {
  std::ifstream in(path, std::ios::binary);
  std::uint64_t size = 0;
  for (Bytes buffer(kReadBuffer, '\0'); in;) {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    size += static_cast<std::uint64_t>(in.gcount());
    hash.update(BytesView(buffer).substr(0, static_cast<std::size_t>(in.gcount())));
  }
  if (size <= at_most) return size;
  (void)hash.finish();
  return 0;
}

bool holds(const std::string& path, const Attachment& attachment) {
  Sha256 hash;
  return hash_existing(path, attachment.size, hash) == attachment.size &&
         hash.finish() == attachment.sha256 && ::access(path.c_str(), R_OK) == 0;
}

boost::json::object delivery_json(const v1::Delivery& delivery, const Stored& stored) {
  boost::json::object out;
  out["delivery_id"] = delivery.delivery_id();
  out["recipient"] = delivery.recipient();
  out["arrived_at"] = delivery.arrived_at();
  out["received_at"] = to_rfc3339(stored.entry.received_at);
  out["verdict"] = stored.entry.verdict;
  if (!stored.forwarded.empty()) out["forwarded"] = stored.forwarded;
  out["verdict_of_the_node"] = verdict_text(delivery.verdict());
  return out;
}

// header.json says that a folder is that message; another one under the same key is never written over it.
Result<void> refuse_another(const std::string& folder, const Bytes& header) {
  const std::string path = folder + "/" + std::string(kHeaderFile);
  if (::access(path.c_str(), F_OK) == 0) {
    const Result<std::string> there = read_file(path);
    if (!there) return there.error();
    if (*there != header)
      return failure(ErrorCode::already_exists, "MESSAGE_DIFFERS",
                     folder + " holds another message with the same sender and id",
                     "it was not acknowledged; tell the node's operator");
  }
  return {};
}

}  // namespace

void DeliveryWriter::judge(const v1::Delivery& delivery, Timestamp now, Stored& out) const {
  const v1::SignedHeader& made = delivery.signed_();
  if (!verifier_) {
    out.good = delivery.verdict().good();
    out.entry.verdict = "not checked here; the node says " + verdict_text(delivery.verdict());
    return;
  }
  const Bytes manifest =
      evidence::derive_manifest(Sha256::of(made.header()), out.header.submission.attachments);
  const auto wire = trust::strip_certificates(made.signature());
  const auto certificate = trust::Certificate::from_der(made.certificate());
  trust::SignatureToVerify question;
  question.content = manifest;
  question.signature = wire ? BytesView(wire->signature) : BytesView(made.signature());
  question.certificate = certificate ? *certificate : nullptr;
  question.signed_at = out.header.signed_at;
  question.signed_by = out.header.signed_by;
  question.agency = out.header.submission.key.sender;
  question.node = out.header.node;
  question.basis = TimeBasis::arrival;
  question.judged_at = now;
  question.mapped = mapped_;
  out.verdict = verifier_->verify(question);
  out.good = out.verdict->good();
  out.entry.verdict = verdict_text(codec::to_proto(*out.verdict));
}

Result<void> DeliveryWriter::write(const std::string& path, BytesView bytes) const {
  return write_durably(path, bytes, dir_ + "/.incoming/file.new");
}

Result<void> DeliveryWriter::write_signature(const v1::Delivery& delivery, const std::string& folder) const {
  const auto wire = trust::strip_certificates(delivery.signed_().signature());
  if (!wire) return wire.error();
  const auto certificate = trust::Certificate::from_der(delivery.signed_().certificate());
  if (!certificate) return certificate.error();
  const auto whole = trust::with_certificates(wire->signature, {*certificate});
  if (!whole) return whole.error();
  return write(folder + "/" + std::string(kSignatureFile), *whole);
}

Result<void> DeliveryWriter::download(const v1::Delivery& delivery, const Attachment& attachment,
                                      std::size_t index, const std::string& target) const {
  const std::string part = dir_ + "/.incoming/" + attachment.sha256.hex() + ".part";
  const FileHandle file(::open(part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return file_unwritable(part, errno);
  Sha256 hash;
  std::uint64_t size = hash_existing(part, attachment.size, hash);
  if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0 ||
      ::lseek(file.get(), static_cast<off_t>(size), SEEK_SET) < 0)
    return file_unwritable(part, errno);
  const Sink sink = [&](BytesView bytes) -> Result<void> {
    size += bytes.size();
    if (size > attachment.size) return mismatch(attachment);
    hash.update(bytes);
    return write_all(file.get(), bytes, part);
  };
  if (size < attachment.size) {
    if (auto done = fetch_(delivery, index, size, sink); !done) {
      if (done.error().code == ErrorCode::data_loss) ::unlink(part.c_str());
      return done;
    }
  }
  if (size != attachment.size || hash.finish() != attachment.sha256) {
    ::unlink(part.c_str());
    return mismatch(attachment);
  }
  if (::fsync(file.get()) != 0) return file_unwritable(part, errno);
  return move_file(part, target);
}

Result<void> DeliveryWriter::write_attachment(const v1::Delivery& delivery, const Attachment& attachment,
                                              std::size_t index, const std::string& target) const {
  const v1::AttachmentContent& content = delivery.contents(static_cast<int>(index));
  if (content.has_inline_()) {
    if (content.inline_().size() != attachment.size || Sha256::of(content.inline_()) != attachment.sha256)
      return mismatch(attachment);
    return write(target, content.inline_());
  }
  if (holds(target, attachment)) return {};
  return download(delivery, attachment, index, target);
}

Result<Stored> DeliveryWriter::store(const v1::Delivery& delivery, Timestamp now) const {
  Result<Header> header = codec::read_kept_header(delivery.signed_().header());
  if (!header) return header.error();
  Stored out;
  out.header = std::move(*header);
  const Submission& submission = out.header.submission;
  if (static_cast<std::size_t>(delivery.contents_size()) != submission.attachments.size())
    return failure(ErrorCode::data_loss, "ATTACHMENT_MISMATCH",
                   "the delivery does not hold as many attachments as its header names");
  const Result<std::string> below = message_folder(submission.key);
  if (!below) return below.error();
  const auto names = file_names(submission.attachments);
  if (!names) return names.error();
  const Result<AgencyCode> recipient = AgencyCode::parse(delivery.recipient());
  out.entry = {delivery.delivery_id(),
               recipient ? *recipient : AgencyCode(),
               submission.key,
               submission.kind,
               now,
               Sha256::of(delivery.signed_().header()),
               "",
               summary_of(submission)};
  judge(delivery, now, out);
  out.folder = dir_ + "/" + *below;
  if (auto done = make_folders(dir_, *below); !done) return done.error();
  if (auto done = make_folders(dir_, ".incoming"); !done) return done.error();
  if (auto done = refuse_another(out.folder, delivery.signed_().header()); !done) return done.error();
  const auto beside = [&](std::string_view name) { return out.folder + "/" + std::string(name); };
  if (auto done = write(beside(kHeaderFile), delivery.signed_().header()); !done) return done.error();
  for (std::size_t i = 0; i < submission.attachments.size(); ++i) {
    out.files.push_back(beside((*names)[i]));
    const auto done = write_attachment(delivery, submission.attachments[i], i, out.files.back());
    if (!done) return done.error();
  }
  // A signature that is not even readable is kept as it came: the verdict says so.
  if (auto done = write_signature(delivery, out.folder); !done) {
    if (done.error().code != ErrorCode::invalid_argument) return done.error();
    done = write(beside(kSignatureFile), delivery.signed_().signature());
    if (!done) return done.error();
  }
  if (delivery.has_forwarded()) {
    auto forwarded = read_forwarded(delivery, submission.key, verifier_.get(), now);
    if (!forwarded) return forwarded.error();
    if (auto done = write(beside(kForwardingFile), forwarded->record); !done) return done.error();
    if (auto done = write(beside(kForwardingSignatureFile), forwarded->signature); !done) return done.error();
    out.forwarded = std::move(forwarded->text);
    out.good = out.good && forwarded->good;
  }
  const std::string about = boost::json::serialize(delivery_json(delivery, out)) + "\n";
  if (auto done = write(beside(kDeliveryFile), about); !done) return done.error();
  if (auto done = sync_folder(out.folder); !done) return done.error();
  return out;
}

}  // namespace tram::client
