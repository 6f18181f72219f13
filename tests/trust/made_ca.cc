#include "tests/trust/made_ca.h"

#include <stdexcept>

#include "tests/trust/fixtures.h"
#include "trust/native.h"

namespace tram::trust::test {
namespace {

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL could not make a certificate");
}

X509_NAME* as_name(X509_NAME* out, const std::string& name) {
  require(X509_NAME_add_entry_by_txt(out, "CN", MBSTRING_UTF8, octets(name), -1, -1, 0) == 1);
  return out;
}

void add_extension(X509* certificate, int nid, const char* value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

long next_serial() {
  static long last = 0;
  return ++last;
}

}  // namespace

MadeCa::MadeCa(std::string name) : name_(std::move(name)), key_(EVP_EC_gen("P-256"), EVP_PKEY_free) {
  require(key_ != nullptr);
}

CertificatePtr MadeCa::certified_by(const MadeCa& issuer, int until, int from) const {
  const X509Ptr made(X509_new());
  X509* const it = made.get();
  const auto begin = std::chrono::floor<std::chrono::seconds>(noon(2026, 1, 1)).time_since_epoch().count();
  require(X509_set_version(it, 2) == 1 && X509_set_pubkey(it, key_.get()) == 1);
  require(ASN1_INTEGER_set(X509_get_serialNumber(it), next_serial()) == 1);
  require(ASN1_TIME_adj(X509_getm_notBefore(it), begin, from, 0) != nullptr);
  require(ASN1_TIME_adj(X509_getm_notAfter(it), begin, until, 0) != nullptr);
  as_name(X509_get_subject_name(it), name_);
  as_name(X509_get_issuer_name(it), issuer.name_);
  add_extension(it, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(it, NID_key_usage, "critical,keyCertSign,digitalSignature");
  require(X509_sign(it, issuer.key_.get(), EVP_sha256()) > 0);
  unsigned char* der = nullptr;
  const int size = i2d_X509(it, &der);
  require(size > 0);
  const Bytes bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return Certificate::from_der(bytes).value();
}

}  // namespace tram::trust::test
