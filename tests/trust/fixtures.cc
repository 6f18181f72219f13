#include "tests/trust/fixtures.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tram::trust::test {
namespace {

std::string contents(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

void make_fixtures() {
  static const bool made = [] {
    std::string output;
    if (!run(TRAM_SOURCE_DIR "/certs/make-test-fixtures " TRAM_FIXTURE_DIR, &output))
      throw std::runtime_error("certs/make-test-fixtures failed: " + output);
    return true;
  }();
  static_cast<void>(made);
}

}  // namespace

std::string path(const std::string& name) {
  make_fixtures();
  return TRAM_FIXTURE_DIR "/" + name;
}

std::string read(const std::string& name) { return contents(path(name)); }

CertificatePtr certificate(const std::string& name) {
  return Certificate::from_pem(read(name + ".crt")).value();
}

SigningKey key(const std::string& name) {
  return SigningKey::load(read(name + ".key"), read(name + ".crt")).value();
}

CertificatePtr root() { return Certificate::from_pem(read("pki/roots.pem")).value(); }
CertificatePtr agencies_ca() { return Certificate::from_pem(read("pki/intermediates.pem")).value(); }

const Verifier& verifier() {
  static const Verifier out({root()}, {agencies_ca()});
  return out;
}

Timestamp noon(int year, unsigned month, unsigned day) {
  return Timestamp(
      std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)) +
      std::chrono::hours(12));
}

Timestamp now() {
  static const Timestamp time =
      certificate("p256").get()->not_before() + std::chrono::hours(1) + std::chrono::microseconds(123456);
  return time;
}

AgencyCode code(const char* text) { return AgencyCode::parse(text).value(); }

Signed::Signed(const std::string& signer, Timestamp time)
    : signature(key(signer).sign(kContent, time).value()), claim(claim_about(signer)) {
  claim.signature = signature;
  claim.signed_at = time;
  claim.judged_at = time;
}

SignatureToVerify claim_about(const std::string& certificate_name) {
  SignatureToVerify claim;
  claim.content = kContent;
  claim.certificate = certificate(certificate_name);
  claim.signed_at = now();
  claim.signed_by = SignedBy::agency;
  claim.agency = code("H52.01");
  claim.basis = TimeBasis::accepting_clock;
  claim.judged_at = now();
  return claim;
}

std::vector<std::string> reasons(const std::vector<Error>& errors) {
  std::vector<std::string> out;
  for (const Error& error : errors) out.push_back(error.reason);
  return out;
}

std::string text_of(const Verdict& verdict) {
  std::string out;
  for (const Error& cause : verdict.causes) out += cause.reason + ": " + cause.text() + "\n";
  return out;
}

bool run(const std::string& command, std::string* output) {
  FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return false;
  std::array<char, 4096> buffer;
  std::string said;
  while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe))
    said.append(buffer.data(), got);
  const int status = pclose(pipe);
  if (output != nullptr) *output = said;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "tram-trust-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, BytesView bytes) const {
  std::ofstream(*this / name, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return *this / name;
}

}  // namespace tram::trust::test
