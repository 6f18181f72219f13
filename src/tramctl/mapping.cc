#include "tramctl/mapping.h"

#include <algorithm>

#include "codec/text.h"
#include "tramctl/arguments.h"

namespace tram::client {
namespace {

// Without the colons of "AB:CD:…"; nothing if they do not stand between every two digits.
std::string without_colons(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return std::string(text);
  if (text.ends_with(':')) return {};
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] == ':') != (i % 3 == 2)) return {};
    if (text[i] != ':') out += text[i];
  }
  return out;
}

}  // namespace

Result<Digest> fingerprint_from(std::string_view text, const std::string& option) {
  if (const Result<Digest> digest = Digest::from_hex(without_colons(text))) return *digest;
  return invalid(option, "FINGERPRINT_MALFORMED",
                 "\"" + codec::clean_text(text, 128) + "\" is not the SHA-256 of a certificate",
                 "write the 64 digits that openssl x509 -in FILE -noout -fingerprint -sha256 prints");
}

Result<CertificateMapping> mapping_from(std::string_view text) {
  const std::size_t sign = text.find('=');
  if (sign == std::string_view::npos)
    return invalid("--mapping", "MAPPING_MALFORMED",
                   "\"" + codec::clean_text(text, 128) + "\" does not say for which agency",
                   "write SHA256=CODE, the certificate's SHA-256 and the agency it speaks for");
  const Result<Digest> certificate = fingerprint_from(text.substr(0, sign), "--mapping");
  if (!certificate) return certificate.error();
  const Result<AgencyCode> agency = agency_from(text.substr(sign + 1), "--mapping");
  if (!agency) return agency.error();
  return CertificateMapping{*certificate, *agency};
}

Result<std::vector<CertificateMapping>> all_mappings(std::vector<CertificateMapping> of_profile,
                                                     const std::vector<std::string>& of_option) {
  for (const std::string& text : of_option) {
    const Result<CertificateMapping> mapping = mapping_from(text);
    if (!mapping) return mapping.error();
    of_profile.push_back(*mapping);
  }
  return of_profile;
}

trust::Mapping as_trusted(std::vector<CertificateMapping> mappings) {
  return [mappings = std::move(mappings)](const Digest& certificate, const AgencyCode& agency) {
    return std::find(mappings.begin(), mappings.end(), CertificateMapping{certificate, agency}) !=
           mappings.end();
  };
}

std::string mapping_hint(const Verdict& verdict) {
  const auto is_foreign = [](const Error& cause) { return cause.reason == "FOREIGN_AGENCY"; };
  if (std::none_of(verdict.causes.begin(), verdict.causes.end(), is_foreign)) return {};
  const AgencyCode& whom = verdict.signed_by == SignedBy::node ? verdict.node : verdict.agency;
  return "if you know by other means that this certificate speaks for " + whom.text() + ": --mapping " +
         verdict.certificate.hex() + "=" + whom.text() + ", or [[mapping]] in the profile";
}

}  // namespace tram::client
