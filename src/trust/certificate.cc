#include "trust/certificate.h"

#include <openssl/pem.h>

#include <array>
#include <optional>

#include "trust/native.h"

namespace tram::trust {
namespace {

Error malformed(std::string what) {
  return invalid("certificate", "CERTIFICATE_MALFORMED", std::move(what),
                 "send one X.509 certificate in DER, or PEM where PEM is asked for");
}

std::string subject_of(X509* x509) {
  BioPtr out(BIO_new(BIO_s_mem()));
  const X509_NAME* name = X509_get_subject_name(x509);
  const unsigned long as_utf8 = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (out == nullptr || X509_NAME_print_ex(out.get(), name, 0, as_utf8) < 0) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

std::vector<std::string> organization_identifiers_of(X509* x509) {
  static const ASN1_OBJECT* const kind = OBJ_txt2obj("2.5.4.97", 1);
  std::vector<std::string> out;
  const X509_NAME* name = X509_get_subject_name(x509);
  for (int at = -1; (at = X509_NAME_get_index_by_OBJ(name, kind, at)) >= 0;) {
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size < 0) continue;
    out.emplace_back(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(size));
    OPENSSL_free(utf8);
  }
  return out;
}

std::optional<Timestamp> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  using namespace std::chrono;
  const sys_days day = year(parts.tm_year + 1900) / (parts.tm_mon + 1) / parts.tm_mday;
  return Timestamp(day + hours(parts.tm_hour) + minutes(parts.tm_min) + seconds(parts.tm_sec));
}

Bytes name_der(const X509_NAME* name) {
  const unsigned char* der = nullptr;
  std::size_t size = 0;
  if (X509_NAME_get0_der(name, &der, &size) != 1) return {};
  return {reinterpret_cast<const char*>(der), size};
}

template <class T, class Encode>
Bytes encoded(const T* value, Encode encode) {
  unsigned char* der = nullptr;
  const int size = encode(value, &der);
  if (size <= 0) return {};
  Bytes out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

X509Ptr decode(BytesView der) {
  const unsigned char* at = octets(der);
  X509Ptr x509(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (x509 == nullptr || at != octets(der) + der.size()) return nullptr;
  if (encoded(x509.get(), i2d_X509) != der) return nullptr;
  if (!time_of(X509_get0_notBefore(x509.get())) || !time_of(X509_get0_notAfter(x509.get()))) return nullptr;
  return x509;
}

std::unique_ptr<NativeCertificate> native_of(X509Ptr x509) {
  auto native = std::make_unique<NativeCertificate>();
  X509* const cert = x509.get();
  // Computes and caches the extensions now, so that later reads from many threads only read.
  X509_check_purpose(cert, -1, 0);
  native->issuer = name_der(X509_get_issuer_name(cert));
  native->serial = encoded(X509_get0_serialNumber(cert), i2d_ASN1_INTEGER);
  if (const ASN1_OCTET_STRING* id = X509_get0_subject_key_id(cert); id != nullptr) {
    native->key_identifier.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(id)),
                                  static_cast<std::size_t>(ASN1_STRING_length(id)));
  }
  native->key = X509_get0_pubkey(cert);
  if (native->key != nullptr) {
    native->family = family_of(*native->key);
    native->key_bits = EVP_PKEY_get_bits(native->key);
    if (native->family != KeyFamily::other) native->verify = prepare(*native->key, false);
  }
  native->x509 = std::move(x509);
  return native;
}

/// The DER inside the next PEM certificate block; nullopt at the end.
std::optional<Bytes> next_pem_certificate(BIO* pem) {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  std::optional<Bytes> out;
  while (!out && PEM_read_bio(pem, &name, &header, &data, &size) == 1) {
    if (std::string_view(name) == PEM_STRING_X509) {
      out.emplace(reinterpret_cast<char*>(data), static_cast<std::size_t>(size));
    }
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));  // a skipped block may hold a key
  }
  return out;
}

BioPtr reader_of(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(std::min<std::size_t>(text.size(), 1U << 20))));
}

}  // namespace

Certificate::Certificate(std::unique_ptr<NativeCertificate> native, Bytes der)
    : native_(std::move(native)), der_(std::move(der)), sha256_(Sha256::of(der_)) {
  X509* const x509 = native_->x509.get();
  subject_ = subject_of(x509);
  organization_identifiers_ = organization_identifiers_of(x509);
  not_before_ = time_of(X509_get0_notBefore(x509)).value_or(Timestamp());  // from_der saw that they are read
  not_after_ = time_of(X509_get0_notAfter(x509)).value_or(Timestamp());
  key_description_ = native_->key == nullptr ? "unknown" : describe(*native_->key);
}

Certificate::~Certificate() = default;

Result<CertificatePtr> Certificate::from_der(BytesView der) {
  const ErrorQueueScope errors;
  if (der.empty()) return malformed("the certificate is empty");
  if (der.size() > kMaxSize) {
    return malformed("the certificate has " + std::to_string(der.size()) + " bytes; at most " +
                     std::to_string(kMaxSize) + " are read");
  }
  X509Ptr x509 = decode(der);
  if (x509 == nullptr) return malformed("not exactly one X.509 certificate in DER");
  return std::make_shared<const Certificate>(native_of(std::move(x509)), Bytes(der));
}

Result<CertificatePtr> Certificate::from_pem(std::string_view pem) {
  const ErrorQueueScope errors;
  const BioPtr in = reader_of(pem);
  auto der = in == nullptr ? std::nullopt : next_pem_certificate(in.get());
  if (!der) return malformed("no PEM certificate found");
  return from_der(*der);
}

Result<std::vector<CertificatePtr>> Certificate::read_pem_bundle(std::string_view pem) {
  const ErrorQueueScope errors;
  std::vector<CertificatePtr> out;
  const BioPtr in = reader_of(pem);
  while (auto der = in == nullptr ? std::nullopt : next_pem_certificate(in.get())) {
    auto certificate = from_der(*der);
    if (!certificate) return certificate.error();
    if (out.size() == kMaxBundle) return malformed("too many certificates in one bundle");
    out.push_back(std::move(*certificate));
  }
  // The reader stops at the end and at a broken block alike; only the first is an answer.
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return malformed("a broken PEM block");
  if (out.empty()) return malformed("no PEM certificate found");
  return out;
}

std::string Certificate::pem() const {
  const BioPtr out(BIO_new(BIO_s_mem()));
  if (out == nullptr || PEM_write_bio_X509(out.get(), native_->x509.get()) != 1) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

Result<Digest> sha256_fingerprint_of_pem(std::string_view pem) {
  const ErrorQueueScope errors;
  const BioPtr in = reader_of(pem);
  auto der = in == nullptr ? std::nullopt : next_pem_certificate(in.get());
  if (!der) return malformed("no PEM certificate found");
  return Sha256::of(*der);
}

}  // namespace tram::trust
