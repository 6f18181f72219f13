#include "evidence/container_writer.h"

#include <algorithm>
#include <deque>

#include "codec/evidence_json.h"
#include "evidence/attachment_source.h"
#include "evidence/container.h"
#include "evidence/manifest.h"
#include "evidence/zip_handle.h"
#include "log/tlog_proof.h"
#include "trust/cms.h"

namespace tram::evidence {
namespace {

// The DOS date of 1980-01-01, the first there is. A real time would differ from export to export and prove
// nothing.
constexpr zip_uint16_t kDosTime = 0;
constexpr zip_uint16_t kDosDate = 1 << 5 | 1;
constexpr zip_uint32_t kRegularFile = 0100644U << 16;

class Writer {
 public:
  Writer(const std::string& path, const ContainerParts& parts) : path_(path), parts_(parts) {}

  Result<void> write(const OpenAttachment& open_attachment) {
    auto made = make_members();
    if (!made) return made;
    int code = 0;
    zip_.reset(zip_open(path_.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
    if (!zip_) return unwritable(zip_open_error_text(code));
    if (!add_all(open_attachment)) return unwritable(zip_strerror(zip_.get()));
    return close();
  }

 private:
  struct Small {
    std::string name;
    Bytes bytes;
  };

  /// Everything that can be wrong with the parts themselves, before a file is touched.
  Result<void> make_members() {
    after_.push_back(
        {std::string(kManifestMember), derive_manifest(Sha256::of(parts_.header), parts_.attachments)});
    auto signature = trust::with_certificates(parts_.signature, parts_.certificates);
    if (!signature) return signature.error();
    after_.push_back({std::string(kSignatureMember), std::move(*signature)});
    std::size_t number = 0;
    for (const ReceiptBundle& bundle : parts_.receipts) {
      for (const ProvenRecord& record : bundle.records) {
        auto added = add_receipt(++number, bundle, record);
        if (!added) return added;
      }
    }
    add_log_keys();
    return {};
  }

  Result<void> add_receipt(std::size_t number, const ReceiptBundle& bundle, const ProvenRecord& proven) {
    const auto record = codec::read_record(proven.record);
    if (!record) return record.error();
    const std::string stem = receipt_stem(number, record->event);
    const log::TlogProof proof{
        .extra = {}, .index = proven.index, .path = proven.path, .checkpoint = bundle.checkpoint};
    after_.push_back({stem + std::string(kRecordSuffix), proven.record});
    after_.push_back({stem + std::string(kProofSuffix), log::format_tlog_proof(proof)});
    return {};
  }

  /// Sorted, each once, and only those that a receipt needs: the verifier refuses any other list.
  void add_log_keys() {
    std::vector<std::string> lines;
    for (const log::VerifierKey& key : parts_.log_keys) {
      const bool needed =
          std::any_of(parts_.receipts.begin(), parts_.receipts.end(),
                      [&](const ReceiptBundle& bundle) { return bundle.origin == key.name(); });
      if (needed) lines.push_back(key.vkey() + "\n");
    }
    std::sort(lines.begin(), lines.end());
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    Bytes text;
    for (const std::string& line : lines) text += line;
    if (!text.empty()) after_.push_back({std::string(kLogKeysMember), std::move(text)});
  }

  bool add_all(const OpenAttachment& open_attachment) {
    if (!add(kMimetypeMember, kMimetype) || !add(kHeaderMember, parts_.header)) return false;
    for (std::size_t i = 0; i < parts_.attachments.size(); ++i) {
      const Attachment& file = parts_.attachments[i];
      sources_.emplace_back(i, file, open_attachment);
      if (!add(std::string(kContentFolder) + file.name, sources_.back().attach(zip_.get()))) return false;
    }
    return std::all_of(after_.begin(), after_.end(),
                       [&](const Small& member) { return add(member.name, member.bytes); });
  }

  bool add(std::string_view name, BytesView bytes) {  // which must outlive zip_
    return add(std::string(name), zip_source_buffer(zip_.get(), bytes.data(), bytes.size(), 0));
  }

  bool add(const std::string& name, zip_source_t* source) {
    if (source == nullptr) return false;
    const zip_int64_t index = zip_file_add(zip_.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      return false;
    }
    const auto at = static_cast<zip_uint64_t>(index);
    return zip_set_file_compression(zip_.get(), at, ZIP_CM_STORE, 0) == 0 &&
           zip_file_set_dostime(zip_.get(), at, kDosTime, kDosDate, 0) == 0 &&
           zip_file_set_external_attributes(zip_.get(), at, 0, ZIP_OPSYS_UNIX, kRegularFile) == 0;
  }

  /// libzip writes here: to a temporary file beside `path_`, which it renames at the end or removes.
  Result<void> close() {
    if (zip_close(zip_.get()) == 0) {
      static_cast<void>(zip_.release());  // zip_close() freed it
      return {};
    }
    for (const AttachmentSource& source : sources_) {
      if (source.error()) return *source.error();
    }
    return unwritable(zip_strerror(zip_.get()));
  }

  Error unwritable(const std::string& why) const {
    return failure(ErrorCode::unavailable, "CONTAINER_UNWRITABLE", "cannot write " + path_ + ": " + why,
                   "check the folder's permissions and free space");
  }

  const std::string& path_;
  const ContainerParts& parts_;
  std::vector<Small> after_;              // the members behind the attachments
  std::deque<AttachmentSource> sources_;  // stable addresses: libzip holds pointers
  ZipPtr zip_;                            // last, so that it goes before what it reads
};

}  // namespace

Result<void> write_container(const std::string& path, const ContainerParts& parts,
                             const OpenAttachment& open_attachment) {
  return Writer(path, parts).write(open_attachment);
}

}  // namespace tram::evidence
