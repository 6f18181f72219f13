#include "trust/cms_profile.h"

#include <algorithm>

#include "trust/der.h"

namespace tram::trust {
namespace {

using std::string_view_literals::operator""sv;

// Whole elements, as they stand in every signature of the profile.
constexpr BytesView kSignedData = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"sv;
constexpr BytesView kData = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01"sv;
constexpr BytesView kContentType = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09\x03"sv;
constexpr BytesView kMessageDigest = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09\x04"sv;
constexpr BytesView kSigningTime = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09\x05"sv;
constexpr BytesView kSigningCertificateV2 = "\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x02\x2F"sv;
constexpr BytesView kSha256 = "\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"sv;
constexpr BytesView kSha256Null = "\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00"sv;
constexpr BytesView kEcdsaSha256 = "\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02"sv;
constexpr BytesView kRsaEncryption = "\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x05\x00"sv;
constexpr BytesView kSha256WithRsa = "\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B\x05\x00"sv;
constexpr BytesView kVersion1 = "\x02\x01\x01"sv;
constexpr BytesView kVersion3 = "\x02\x01\x03"sv;

// Consumes the next element and says whether it is exactly `expected`.
bool skip(der::Reader& reader, BytesView expected) {
  const auto element = reader.next();
  return element && element->whole == expected;
}

bool skip_sha256(der::Reader& reader, Form form) {
  const auto element = reader.next();
  return element &&
         (element->whole == kSha256 || (form == Form::from_elsewhere && element->whole == kSha256Null));
}

std::optional<BytesView> octets32(BytesView bytes) {
  const auto octets = der::only(bytes, der::kOctetString);
  return octets && octets->size() == Digest::kSize ? octets : std::nullopt;
}

// SigningCertificateV2 { SEQUENCE OF ESSCertIDv2 { certHash, issuerSerial OPTIONAL } }: SHA-256 is the
// DEFAULT hash, so that DER does not write it, and there are no policies.
bool read_signing_certificate(BytesView value, ParsedSignature& out) {
  const auto list = der::only(value, der::kSequence);
  const auto ids = list ? der::only(*list, der::kSequence) : std::nullopt;
  const auto id = ids ? der::only(*ids, der::kSequence) : std::nullopt;
  if (!id) return false;
  der::Reader reader(*id);
  const auto hash = reader.take(der::kOctetString);
  if (!hash || hash->size() != Digest::kSize) return false;
  out.certificate = *hash;
  if (reader.at_end()) return true;
  const auto issuer_serial = reader.next();
  if (!issuer_serial || issuer_serial->tag != der::kSequence || !reader.at_end()) return false;
  out.issuer_serial = issuer_serial->whole;
  return true;
}

bool read_attribute(BytesView type, BytesView value, ParsedSignature& out) {
  if (type == kContentType) return value == kData;
  if (type == kMessageDigest) {
    const auto digest = octets32(value);
    if (digest) out.content = *digest;
    return digest.has_value();
  }
  if (type == kSigningTime) {
    der::Reader reader(value);
    const auto element = reader.next();
    const auto time = element && reader.at_end() ? der::decode_time(*element) : std::nullopt;
    if (time) out.signing_time = *time;
    return time.has_value();
  }
  return type == kSigningCertificateV2 && read_signing_certificate(value, out);
}

// In the order of DER's SET OF, which for these four is one order but for the last, longer or not.
bool read_attributes(ParsedSignature& out) {
  der::Reader attributes(out.signed_attributes);
  BytesView before;
  std::vector<BytesView> types;
  while (!attributes.at_end()) {
    const auto attribute = attributes.next();
    if (!attribute || attribute->tag != der::kSequence || attribute->whole <= before) return false;
    before = attribute->whole;
    der::Reader reader(attribute->content);
    const auto type = reader.next();
    const auto values = reader.take(der::kSet);
    if (!type || !values || !reader.at_end()) return false;
    if (std::find(types.begin(), types.end(), type->whole) != types.end()) return false;
    types.push_back(type->whole);
    if (types.size() > 4 || !read_attribute(type->whole, *values, out)) return false;
  }
  return types.size() == 4;
}

bool read_signer_name(der::Reader& signer, ParsedSignature& out) {
  const auto name = signer.next();
  if (!name) return false;
  if (name->tag == der::kPrimitive0) out.key_identifier = name->content;
  if (name->tag == der::kSequence) out.issuer_and_serial = name->whole;
  return out.key_identifier.empty() != out.issuer_and_serial.empty();
}

bool read_signature_algorithm(der::Reader& signer, ParsedSignature& out) {
  const auto identifier = signer.next();
  if (!identifier) return false;
  out.algorithm_identifier = identifier->whole;
  out.algorithm =
      identifier->whole == kEcdsaSha256 ? SignatureAlgorithm::ecdsa_sha256 : SignatureAlgorithm::rsa_sha256;
  return identifier->whole == kEcdsaSha256 || identifier->whole == kRsaEncryption ||
         identifier->whole == kSha256WithRsa;
}

bool read_signer(BytesView signer_info, Form form, ParsedSignature& out) {
  der::Reader signer(signer_info);
  const auto version = signer.next();
  if (!version || !read_signer_name(signer, out)) return false;
  if (version->whole != (out.key_identifier.empty() ? kVersion1 : kVersion3)) return false;
  if (!skip_sha256(signer, form)) return false;
  const auto attributes = signer.take(der::kConstructed0);
  if (!attributes || !read_signature_algorithm(signer, out)) return false;
  out.signed_attributes = *attributes;
  const auto signature = signer.take(der::kOctetString);
  if (!signature || signature->empty() || !signer.at_end()) return false;
  out.signature = *signature;
  return read_attributes(out);
}

bool read_certificates(der::Reader& signed_data, Form form, ParsedSignature& out) {
  if (!signed_data.next_is(der::kConstructed0)) return true;
  const auto set = signed_data.take(der::kConstructed0);
  if (!set || set->empty()) return false;
  der::Reader reader(*set);
  while (!reader.at_end()) {
    const auto certificate = reader.next();
    if (!certificate || certificate->tag != der::kSequence) return false;
    if (form == Form::exact && !out.certificates.empty() && certificate->whole <= out.certificates.back())
      return false;
    if (out.certificates.size() == kMaxEmbeddedCertificates) return false;
    out.certificates.push_back(certificate->whole);
  }
  return true;
}

bool read_signed_data(BytesView content, Form form, ParsedSignature& out) {
  der::Reader signed_data(content);
  const auto version = signed_data.next();
  const auto digests = signed_data.take(der::kSet);
  const auto encapsulated = signed_data.take(der::kSequence);
  if (!version || !digests || encapsulated != kData) return false;
  der::Reader digest(*digests);
  if (!skip_sha256(digest, form) || !digest.at_end()) return false;
  if (!read_certificates(signed_data, form, out)) return false;
  const auto signers = signed_data.take(der::kSet);
  const auto signer = signers ? der::only(*signers, der::kSequence) : std::nullopt;
  if (!signer || !signed_data.at_end() || !read_signer(*signer, form, out)) return false;
  return version->whole == (out.key_identifier.empty() ? kVersion1 : kVersion3);
}

}  // namespace

std::optional<ParsedSignature> parse_signature(BytesView signature, Form form) {
  if (signature.size() > kMaxSignatureWithCertificates) return std::nullopt;
  const auto content_info = der::only(signature, der::kSequence);
  if (!content_info) return std::nullopt;
  der::Reader reader(*content_info);
  if (!skip(reader, kSignedData)) return std::nullopt;
  const auto wrapped = reader.take(der::kConstructed0);
  const auto signed_data = wrapped ? der::only(*wrapped, der::kSequence) : std::nullopt;
  ParsedSignature out;
  if (!reader.at_end() || !signed_data || !read_signed_data(*signed_data, form, out)) return std::nullopt;
  if (form == Form::exact && encode_signature(out, out.certificates) != signature) return std::nullopt;
  return out;
}

Bytes encode_signature(const ParsedSignature& parts, const std::vector<BytesView>& certificates) {
  const bool by_key = !parts.key_identifier.empty();
  const BytesView version = by_key ? kVersion3 : kVersion1;
  const Bytes name =
      by_key ? der::element(der::kPrimitive0, {parts.key_identifier}) : Bytes(parts.issuer_and_serial);
  const Bytes signer = der::element(
      der::kSequence, {version, name, kSha256, der::element(der::kConstructed0, {parts.signed_attributes}),
                       parts.algorithm_identifier, der::element(der::kOctetString, {parts.signature})});
  Bytes embedded;
  for (const BytesView certificate : certificates) embedded.append(certificate);
  if (!embedded.empty()) embedded = der::element(der::kConstructed0, {embedded});
  const Bytes signed_data = der::element(
      der::kSequence, {version, der::element(der::kSet, {kSha256}), der::element(der::kSequence, {kData}),
                       embedded, der::element(der::kSet, {signer})});
  return der::element(der::kSequence, {kSignedData, der::element(der::kConstructed0, {signed_data})});
}

Bytes encode_signed_attributes(const Digest& content, const Digest& certificate, Timestamp signing_time) {
  const auto attribute = [](BytesView type, BytesView value) {
    return der::element(der::kSequence, {type, der::element(der::kSet, {value})});
  };
  const Bytes id = der::element(der::kSequence, {der::element(der::kOctetString, {certificate.bytes()})});
  const Bytes ids = der::element(der::kSequence, {der::element(der::kSequence, {id})});
  // Ascending: they differ first in their lengths.
  return attribute(kContentType, kData) + attribute(kSigningTime, der::encode_time(signing_time)) +
         attribute(kMessageDigest, der::element(der::kOctetString, {content.bytes()})) +
         attribute(kSigningCertificateV2, ids);
}

Digest digest_of_attributes(BytesView signed_attributes) {
  return Sha256::of(der::element(der::kSet, {signed_attributes}));
}

BytesView algorithm_identifier(SignatureAlgorithm algorithm) {
  return algorithm == SignatureAlgorithm::ecdsa_sha256 ? kEcdsaSha256 : kRsaEncryption;
}

}  // namespace tram::trust
