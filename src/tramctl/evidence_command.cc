#include <tram/v1/audit.grpc.pb.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <fstream>
#include <set>

#include "codec/header_json.h"
#include "codec/message_proto.h"
#include "codec/receipt_proto.h"
#include "evidence/container.h"
#include "evidence/container_writer.h"
#include "tramctl/commands.h"
#include "tramctl/connection.h"
#include "tramctl/durable_file.h"
#include "tramctl/evidence_place.h"
#include "tramctl/message_argument.h"
#include "tramctl/progress.h"
#include "tramctl/safe_path.h"
#include "tramctl/text.h"
#include "tramctl/trust_files.h"
#include "trust/cms.h"
#include "trust/issuers.h"

namespace tram::client {
namespace {

using Reader = grpc::ClientReader<v1::ExportPart>;

constexpr std::size_t kPiece = 256 * 1024;  // bytes of a file at once

Error malformed(std::string what) {
  return failure(ErrorCode::data_loss, "EXPORT_MALFORMED", std::move(what), "tell the node's operator");
}

Result<void> add_certificates(const v1::EvidenceBundle& bundle, evidence::ContainerParts& out) {
  const auto add = [&](const std::string& der) -> Result<void> {
    const auto certificate = trust::Certificate::from_der(der);
    if (!certificate) return certificate.error();
    out.certificates.push_back(*certificate);
    return {};
  };
  if (auto done = add(bundle.signed_().certificate()); !done) return done;
  for (const std::string& der : bundle.intermediates())
    if (auto done = add(der); !done) return done;
  return {};
}

Result<evidence::ContainerParts> parts_of(const v1::EvidenceBundle& bundle) {
  evidence::ContainerParts out;
  out.header = bundle.signed_().header();
  const Result<Header> header = codec::read_kept_header(out.header);
  if (!header) return header.error();
  out.attachments = header->submission.attachments;
  const auto signature = trust::strip_certificates(bundle.signed_().signature());
  if (!signature) return signature.error();
  out.signature = signature->signature;
  if (auto done = add_certificates(bundle, out); !done) return done.error();
  // The node sends all that it knows; what has nothing to do with the signer would spoil the container.
  out.certificates = trust::with_issuers(out.certificates.front(), out.certificates, header->signed_at);
  for (const v1::ReceiptBundle& receipts : bundle.receipts()) {
    Result<ReceiptBundle> read = codec::from_proto(receipts);
    if (!read) return read.error();
    out.receipts.push_back(std::move(*read));
  }
  for (const std::string& vkey : bundle.log_keys()) {
    auto key = log::VerifierKey::parse(vkey);
    if (!key) return malformed("the node gives a log key that is none: " + key.error().message);
    out.log_keys.push_back(std::move(*key));
  }
  return out;
}

// The container gets the node's keys and the profile's. What the two say differently, and what neither knows,
// is told.
void add_own_keys(const Context& context, const std::vector<log::VerifierKey>& own,
                  evidence::ContainerParts& parts) {
  const std::vector<log::VerifierKey> given = parts.log_keys;
  const auto named = [](const std::vector<log::VerifierKey>& keys, const std::string& origin) {
    return std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return key.name() == origin; });
  };
  for (const log::VerifierKey& key : given)
    if (named(own, key.name()) && std::find(own.begin(), own.end(), key) == own.end())
      context.note("tramctl: WARNING: the node says that the log " + shown(key.name()) + " has the key " +
                   shown(key.vkey()) + "; your profile's log_keys say another");
  parts.log_keys.insert(parts.log_keys.end(), own.begin(), own.end());
  std::set<std::string> without;
  for (const ReceiptBundle& bundle : parts.receipts)
    if (!named(parts.log_keys, bundle.origin)) without.insert(bundle.origin);
  for (const std::string& origin : without)
    context.note("tramctl: no key of the log " + shown(origin) +
                 " is known to the node: get it from its operator and verify with --log-key");
}

// Attachments as they come on the stream, one after the other.
evidence::OpenAttachment attachments_of(Reader& reader, const std::vector<Attachment>& attachments,
                                        const Context& context) {
  return [&](std::size_t index) -> Result<evidence::ReadChunk> {
    auto progress = std::make_shared<Progress>(context, attachments[index].name, attachments[index].size);
    auto state = std::make_shared<std::pair<bool, std::uint64_t>>(false, 0);  // ended, bytes
    return evidence::ReadChunk([&reader, index, progress, state]() -> Result<Bytes> {
      while (!state->first) {
        v1::ExportPart part;
        if (!reader.Read(&part) || !part.has_chunk() || part.chunk().attachment() != index)
          return malformed("the node's export ended early or out of order");
        state->first = part.chunk().last();
        state->second += part.chunk().data().size();
        progress->at(state->second);
        if (!part.chunk().data().empty()) return std::move(*part.mutable_chunk()->mutable_data());
      }
      return Bytes();
    });
  };
}

// Attachments from files, by the names that `receive` gives them; write_container() compares the digests.
evidence::OpenAttachment attachments_in(const std::string& folder,
                                        const std::vector<Attachment>& attachments) {
  return [&folder, names = file_names(attachments)](std::size_t index) -> Result<evidence::ReadChunk> {
    if (!names) return names.error();
    const std::string path = folder + "/" + (*names)[index];
    const auto file = std::make_shared<std::ifstream>(path, std::ios::binary);
    if (!*file)
      return failure(ErrorCode::not_found, "ATTACHMENT_FILE_MISSING", "cannot read " + shown(path),
                     "put the attachment there, under that name");
    return evidence::ReadChunk([file, path]() -> Result<Bytes> {
      Bytes bytes(kPiece, '\0');
      file->read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      if (file->bad() || (file->fail() && !file->eof()))
        return failure(ErrorCode::internal, "ATTACHMENT_FILE_UNREADABLE", "cannot read " + shown(path));
      bytes.resize(static_cast<std::size_t>(file->gcount()));
      return bytes;
    });
  };
}

std::vector<std::string> check_commands(const std::string& container, const evidence::ContainerParts& parts,
                                        const Profile& profile) {
  const std::string folder = container.substr(0, container.rfind('.'));
  const std::string roots = profile.trust_roots.empty() ? "roots.pem" : profile.trust_roots.front();
  const auto in = [&](std::string_view member) { return shell_word(folder + "/" + std::string(member)); };
  std::vector<std::string> out;
  out.push_back("unzip -o -q " + shell_word(container) + " -d " + shell_word(folder));
  out.push_back("openssl cms -verify -binary -cades -purpose any -inform DER -in " +
                in(evidence::kSignatureMember) + " -content " + in(evidence::kManifestMember) + " -CAfile " +
                shell_word(roots) + " -out /dev/null");
  const auto sum = [&](const Digest& digest, const std::string& member) {
    out.push_back("echo " + shell_word(digest.hex() + "  " + folder + "/" + member) + " | sha256sum -c -");
  };
  sum(Sha256::of(parts.header), std::string(evidence::kHeaderMember));
  for (const Attachment& attachment : parts.attachments)
    sum(attachment.sha256, std::string(evidence::kContentFolder) + attachment.name);
  return out;
}

Result<std::string> write(const evidence::OpenAttachment& open_attachment,
                          const evidence::ContainerParts& parts, const std::string& dir,
                          const std::string& path) {
  if (auto made = make_folders(dir, ""); !made) return made.error();
  const std::string part = path + "." + std::to_string(::getpid()) + ".part";
  // libzip gives a file that it replaces the rights of the old one: here its owner's alone.
  auto done = write_durably(part, "", part + ".new");
  if (done) done = evidence::write_container(part, parts, open_attachment);
  if (done) done = publish_file(part, path);
  if (done) return path;
  ::unlink(part.c_str());
  return done.error();
}

std::string verify_command(const std::string& container, const Profile& profile) {
  std::string out = "tramctl verify " + shell_word(container) + " --roots";
  for (const std::string& roots : profile.trust_roots) out += " " + shell_word(roots);
  if (profile.trust_roots.empty()) out += " roots.pem";
  out += " --log-key";
  for (const std::string& key : profile.log_keys) out += " " + shell_word(key);
  return profile.log_keys.empty() ? out + " NODE=log.vkey" : out;
}

void tell(const Context& context, const std::string& path, const evidence::ContainerParts& parts,
          const std::vector<std::string>& commands, const Profile& profile) {
  std::size_t receipts = 0;
  for (const ReceiptBundle& bundle : parts.receipts) receipts += bundle.records.size();
  context.line("written to " + path + ": " + std::to_string(parts.attachments.size()) + " attachment(s), " +
               std::to_string(receipts) + " receipt(s)");
  context.line("to check it by hand:");
  boost::json::array list;
  for (const std::string& command : commands) {
    context.line("  " + command);
    list.emplace_back(command);
  }
  context.line("or, all of it at once, without any server:\n  " + verify_command(path, profile));
  boost::json::object out;
  out["file"] = path;
  out["attachments"] = parts.attachments.size();
  out["receipts"] = receipts;
  out["commands"] = std::move(list);
  context.print(out);
}

}  // namespace

Result<int> export_evidence(Context& context, const ExportOptions& options) {
  const Result<MessageKey> key = message_of(context, options.message);
  if (!key) return key.error();
  const Result<std::string> place = container_place(options.dir, *key);
  if (!place) return place.error();
  const Profile& profile = **context.profile();
  const auto log_keys = read_log_keys(profile.log_keys);
  if (!log_keys) return log_keys.error();
  const Result<Connection> connection = connect(profile);
  if (!connection) return connection.error();
  v1::ExportRequest request;
  *request.mutable_key() = codec::to_proto(*key);
  grpc::ClientContext call_context;
  const auto reader = v1::Audit::NewStub(connection->control)->Export(&call_context, request);
  v1::ExportPart first;
  if (!reader->Read(&first) || !first.has_evidence()) {
    call_context.TryCancel();
    const grpc::Status status = reader->Finish();
    return status.ok() ? malformed("the node's export is empty") : error_of(status);
  }
  Result<evidence::ContainerParts> parts = parts_of(first.evidence());
  Result<std::string> path = parts ? Result<std::string>("") : Result<std::string>(parts.error());
  if (parts) {
    add_own_keys(context, *log_keys, *parts);
    path = write(options.attachments.empty() ? attachments_of(*reader, parts->attachments, context)
                                             : attachments_in(options.attachments, parts->attachments),
                 *parts, options.dir, *place);
  }
  call_context.TryCancel();
  const grpc::Status status = reader->Finish();
  const bool from_node = options.attachments.empty();
  if (!path && from_node && !status.ok() && status.error_code() != grpc::StatusCode::CANCELLED)
    return error_of(status);
  if (!path) return path.error();
  tell(context, *path, *parts, check_commands(*path, *parts, profile), profile);
  return 0;
}

}  // namespace tram::client
