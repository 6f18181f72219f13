#include "tests/evidence/fixtures.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "codec/evidence_json.h"
#include "codec/header_json.h"
#include "evidence/manifest.h"
#include "log/checkpoint.h"
#include "log/tree.h"

namespace tram::evidence::test {
namespace {

/// A log of less than 256 entries has no full tile.
class NoTiles final : public log::TileReader {
 public:
  [[nodiscard]] Result<Bytes> full_tile(unsigned, std::uint64_t) const override {
    return failure(ErrorCode::data_loss, "TILE_MISSING", "no such tile");
  }
};

Attachment attachment(std::string name, std::string type, BytesView content) {
  return {std::move(name), std::move(type), content.size(), Sha256::of(content)};
}

Submission submission() {
  Submission out;
  out.key = {code("H52.01"), MessageId("0193a5b8-demo")};
  out.recipients = {code("G09.02"), code("H52.05")};
  out.dispatch.emplace();
  out.dispatch->code = {"125", "UBND-NC"};
  out.dispatch->subject = "Về việc thử nghiệm";
  out.dispatch->type = {3, "Công văn"};
  return out;
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

void write_file(const std::string& path, BytesView bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

Ran run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  Ran out;
  std::array<char, 4096> buffer;
  while (const std::size_t count = fread(buffer.data(), 1, buffer.size(), pipe)) {
    out.output.append(buffer.data(), count);
  }
  out.ok = pclose(pipe) == 0;
  return out;
}

Folder::Folder() {
  std::string name = std::filesystem::temp_directory_path() / "tram-evidence-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string pki(const std::string& name) {
  static const bool made = [] {  // test programs run side by side: one makes it
    const std::string dir = TRAM_PKI_DIR;
    const Ran ran = run("mkdir -p " + dir + " && flock " + dir + "/lock " TRAM_SOURCE_DIR "/certs/make-pki " +
                        dir + " --nodes 'sonla:H52 noivu:G09' --agencies 'H52.01 H52.05'");
    if (!ran.ok) throw std::runtime_error("certs/make-pki failed: " + ran.output);
    return true;
  }();
  static_cast<void>(made);
  return TRAM_PKI_DIR "/" + name;
}

trust::CertificatePtr certificate(const std::string& name) {
  return trust::Certificate::from_pem(read_file(pki(name))).value();
}

AgencyCode code(const char* text) { return AgencyCode::parse(text).value(); }

log::VerifierKey log_key(const std::string& node) {
  std::string line = read_file(pki("nodes/" + node + ".log.vkey"));
  line.erase(line.find_last_not_of('\n') + 1);
  return log::VerifierKey::parse(line).value();
}

ReceiptBundle prove(const std::string& node, const std::vector<EvidenceRecord>& records, std::size_t before) {
  const auto private_key =
      trust::Ed25519PrivateKey::from_pem(read_file(pki("nodes/" + node + ".log.key"))).value();
  const auto signer = log::NoteSigner::make(log_key(node).name(), private_key).value();
  static const NoTiles no_tiles;
  log::Tree tree(no_tiles);
  for (std::size_t i = 0; i < before; ++i) (void)tree.append(log::leaf_hash("other " + std::to_string(i)));
  ReceiptBundle out{signer.verifier().name(), {}, {}};
  for (const EvidenceRecord& one : records) {
    out.records.push_back({codec::write_record(one), tree.size(), {}});
    (void)tree.append(log::leaf_hash(out.records.back().record));
  }
  (void)tree.append(log::leaf_hash("one more"));
  for (ProvenRecord& one : out.records) one.path = tree.inclusion_proof(one.index, tree.size()).value();
  out.checkpoint = log::sign_checkpoint({out.origin, tree.size(), tree.root().value(), {}}, signer).value();
  return out;
}

Sample::Sample() {
  header.submission = submission();
  contents = {"%PDF-1.7\nnội dung\n%%EOF\n", ""};
  header.submission.attachments = {attachment("Quyết định số 125.pdf", "application/pdf", contents[0]),
                                   attachment("trống.txt", "text/plain", contents[1])};
  header.node = code("H52");
  header.signed_at = certificate("seals/H52.01.crt")->not_before() + std::chrono::hours(1);
  trust.roots = {certificate("roots.pem")};
  trust.log_keys = {log_key("sonla"), log_key("noivu")};
  trust.now = header.signed_at + std::chrono::hours(24);
  seal();
  using std::chrono::milliseconds;
  records = {
      record(EvidenceEvent::submission_acceptance, "H52", milliseconds(1500), header.submission.recipients),
      record(EvidenceEvent::content_consignment, "H52", milliseconds(2500), {code("H52.05")}),
      record(EvidenceEvent::content_handover, "H52", milliseconds(6500), {code("H52.05")}),
      record(EvidenceEvent::content_handover, "G09", milliseconds(10500), {code("G09.02")})};
  prove();
}

void Sample::seal(const std::string& seal_name) {
  const auto key =
      trust::SigningKey::load_files(pki("seals/" + seal_name + ".key"), pki("seals/" + seal_name + ".crt"))
          .value();
  parts.header = codec::write_header(header);
  parts.attachments = header.submission.attachments;
  parts.signature =
      key.sign(derive_manifest(Sha256::of(parts.header), parts.attachments), header.signed_at).value();
  parts.certificates = {key.certificate(), certificate("intermediates.pem")};
}

EvidenceRecord Sample::record(EvidenceEvent event, const char* node, Duration after,
                              std::vector<AgencyCode> recipients) const {
  EvidenceRecord out;
  out.event = event;
  out.node = code(node);
  out.time = header.signed_at + after;
  out.recipients = std::move(recipients);
  complete(out);
  return out;
}

void Sample::complete(EvidenceRecord& record) const {
  record.message = header.submission.key;
  record.header = Sha256::of(parts.header);
  record.manifest = Sha256::of(derive_manifest(record.header, parts.attachments));
  record.signer = parts.certificates[0]->sha256();
}

void Sample::say_owner(const std::string& node, const char* code, std::vector<AgencyCode> others) {
  trust.log_owners[log_key(node).name()] = {test::code(code), std::move(others)};
}

void Sample::prove() {
  for (EvidenceRecord& one : records) complete(one);
  parts.receipts = {test::prove("sonla", {records[0], records[1]}, 5), test::prove("sonla", {records[2]}, 11),
                    test::prove("noivu", {records[3]}, 2)};
  parts.log_keys = {log_key("sonla"), log_key("noivu")};
}

OpenAttachment Sample::open() const {
  return [this](std::size_t index) -> Result<ReadChunk> {
    auto offset = std::make_shared<std::size_t>(0);
    return ReadChunk([this, index, offset]() -> Result<Bytes> {
      const Bytes chunk = contents.at(index).substr(*offset, 7);  // odd pieces
      *offset += chunk.size();
      return chunk;
    });
  };
}

Bytes Sample::write() const {
  const Folder folder;
  write_container(folder / "it.asice", parts, open()).value();
  return read_file(folder / "it.asice");
}

ContainerReport verify(const Folder& folder, BytesView container, const VerificationTrust& trust) {
  write_file(folder / "verified.asice", container);
  return verify_container(folder / "verified.asice", trust);
}

std::vector<std::string> causes(const ContainerReport& report) {
  std::vector<std::string> out;
  for (const Error& cause : report.causes) out.push_back(cause.field + ": " + cause.reason);
  return out;
}

std::vector<std::string> named(const ContainerReport& report) {
  std::vector<std::string> out;
  for (const Error& cause : report.causes) out.push_back(cause.field);
  return out;
}

}  // namespace tram::evidence::test
