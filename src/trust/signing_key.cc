#include "trust/signing_key.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trust/cms_profile.h"
#include "trust/der.h"
#include "trust/native.h"
#include "trust/usage.h"

namespace tram::trust {
namespace {

constexpr std::size_t kMaxFile = 64 * 1024;

// Never asks for a passphrase on the terminal: an encrypted key is an error.
int no_passphrase(char*, int, int, void*) { return -1; }

PkeyPtr read_key(std::string_view pem) {
  const BioPtr in(BIO_new_mem_buf(pem.data(), static_cast<int>(std::min(pem.size(), kMaxFile))));
  return PkeyPtr(in == nullptr ? nullptr
                               : PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr));
}

struct File {
  int descriptor = -1;
  explicit File(const std::string& path) : descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor >= 0) close(descriptor);
  }
};

/// Bytes that are wiped when they go; never moved, so that no copy stays behind.
struct Secret {
  Bytes bytes = Bytes(kMaxFile, '\0');
  Secret() = default;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

Error unreadable(const std::string& path) {
  return failure(ErrorCode::not_found, "FILE_UNREADABLE", "cannot read " + path,
                 "check the path and its permissions");
}

// The number of bytes read into `into`, whose size is the limit.
Result<std::size_t> read_file(const std::string& path, Bytes& into, bool secret) {
  const File file(path);
  struct stat status {};
  if (file.descriptor < 0 || fstat(file.descriptor, &status) != 0) return unreadable(path);
  if (secret && (status.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    return failure(ErrorCode::failed_precondition, "KEY_FILE_EXPOSED",
                   "every user of this machine may read or change the key " + path, "chmod 600 " + path);
  }
  std::size_t size = 0;
  while (size < into.size()) {
    const ssize_t got = read(file.descriptor, into.data() + size, into.size() - size);
    if (got < 0) return unreadable(path);
    if (got == 0) return size;
    size += static_cast<std::size_t>(got);
  }
  return invalid("", "FILE_TOO_LARGE", path + " is too large for a key or certificate");
}

}  // namespace

struct SigningKey::State {
  CertificatePtr certificate;
  PkeyPtr key;
  PkeyCtxPtr sign;          // ready for EVP_PKEY_sign over SHA-256; copied for each use
  Bytes issuer_and_serial;  // names the signer in every signature
  SignatureAlgorithm algorithm = SignatureAlgorithm::ecdsa_sha256;
};

Result<SigningKey> SigningKey::load(std::string_view key_pem, std::string_view certificate_pem) {
  const ErrorQueueScope errors;
  auto state = std::make_shared<State>();
  state->key = read_key(key_pem);
  if (state->key == nullptr) {
    return invalid("key", "KEY_MALFORMED", "not one unencrypted private key in PEM",
                   "decrypt it: openssl pkey -in KEY -out PLAIN");
  }
  auto certificate = Certificate::from_pem(certificate_pem);
  if (!certificate) return certificate.error();
  state->certificate = *certificate;
  const NativeCertificate& native = (*certificate)->native();
  if (native.key == nullptr || EVP_PKEY_eq(native.key, state->key.get()) != 1) {
    return invalid("certificate", "KEY_CERTIFICATE_MISMATCH",
                   "the certificate " + (*certificate)->subject() + " belongs to another key");
  }
  if (const auto weakness = key_weakness(**certificate)) {
    return invalid("key", weakness->reason, weakness->message, weakness->remedy);
  }
  state->sign = prepare(*state->key, true);
  if (state->sign == nullptr) return invalid("key", "KEY_NOT_SUPPORTED", "OpenSSL cannot sign with this key");
  state->issuer_and_serial = der::element(der::kSequence, {native.issuer, native.serial});
  state->algorithm =
      native.family == KeyFamily::p256 ? SignatureAlgorithm::ecdsa_sha256 : SignatureAlgorithm::rsa_sha256;
  return SigningKey(std::move(state));
}

Result<SigningKey> SigningKey::load_files(const std::string& key_path, const std::string& certificate_path) {
  Secret key;
  const auto key_size = read_file(key_path, key.bytes, true);
  if (!key_size) return key_size.error();
  Bytes certificate(kMaxFile, '\0');
  const auto certificate_size = read_file(certificate_path, certificate, false);
  if (!certificate_size) return certificate_size.error();
  return load(BytesView(key.bytes).substr(0, *key_size), BytesView(certificate).substr(0, *certificate_size));
}

const CertificatePtr& SigningKey::certificate() const { return state_->certificate; }

Result<Bytes> SigningKey::sign(BytesView content, Timestamp signing_time) const {
  if (const auto cause = out_of_validity(*state_->certificate, signing_time)) return *cause;
  const ErrorQueueScope errors;
  const Bytes attributes =
      encode_signed_attributes(Sha256::of(content), state_->certificate->sha256(), signing_time);
  const Digest digest = digest_of_attributes(attributes);
  Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(state_->key.get())), '\0');
  std::size_t size = signature.size();
  const PkeyCtxPtr context(EVP_PKEY_CTX_dup(state_->sign.get()));
  if (context == nullptr ||
      EVP_PKEY_sign(context.get(), octets(signature), &size, octets(digest.bytes()), Digest::kSize) != 1) {
    return failure(ErrorCode::internal, "SIGNING_FAILED", "OpenSSL could not sign");
  }
  signature.resize(size);
  ParsedSignature parts;
  parts.issuer_and_serial = state_->issuer_and_serial;
  parts.signed_attributes = attributes;
  parts.algorithm_identifier = algorithm_identifier(state_->algorithm);
  parts.signature = signature;
  return encode_signature(parts, {});
}

}  // namespace tram::trust
