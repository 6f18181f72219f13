#include "codec/registry_proto.h"

#include <algorithm>
#include <optional>

#include "base/encoding.h"
#include "codec/causes.h"
#include "codec/proto_fields.h"
#include "model/message_rules.h"

namespace tram::codec {
namespace {

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
constexpr std::size_t kMaxName = 64;  // characters of a system's or inbox's name

// The DER inside the first certificate of a PEM text (RFC 7468), or the bytes themselves. Whether they are a
// certificate does not matter here: only their digest is kept, and it is compared with what TLS verified.
std::optional<Bytes> der_of(std::string_view certificate) {
  const std::size_t begin = certificate.find(kBegin);
  if (begin == std::string_view::npos) return Bytes(certificate);
  const std::size_t from = begin + kBegin.size();
  const std::size_t end = certificate.find(kEnd, from);
  if (end == std::string_view::npos) return std::nullopt;
  std::string base64(certificate.substr(from, end - from));
  std::erase_if(base64, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
  auto der = from_base64(base64);
  return der ? std::optional(std::move(*der)) : std::nullopt;
}

// An X.509 certificate is one SEQUENCE with a length of two octets, and nothing behind it.
bool is_one_sequence(BytesView der) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(der[i]); };
  if (der.size() < 4 || octet(0) != 0x30 || octet(1) != 0x82) return false;
  return der.size() == 4U + (std::size_t{octet(2)} << 8 | octet(3));
}

Digest read_certificate(const v1::RegistryEntry& entry, Causes& causes) {
  std::optional<Digest> given;
  if (!entry.certificate_sha256().empty() || entry.certificate().empty())
    given = read_digest(entry.certificate_sha256(), "certificate_sha256", causes);
  if (entry.certificate().empty()) return *given;
  std::optional<Bytes> der;
  if (entry.certificate().size() <= kMaxRegistryCertificate) der = der_of(entry.certificate());
  if (!der || !is_one_sequence(*der)) {
    causes.add("certificate", "CERTIFICATE_MALFORMED", "not a certificate in PEM or DER of at most 16 KiB");
    return {};
  }
  const Digest digest = Sha256::of(*der);
  if (given && *given != digest)
    causes.add("certificate_sha256", "DIGEST_MISMATCH", "not the SHA-256 of the certificate given");
  return digest;
}

std::string read_name(const std::string& text, const std::string& field, Causes& causes) {
  const bool shown =
      std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (utf8_length(text).value_or(kMaxName + 1) > kMaxName || !shown)
    causes.add(field, "NAME_MALFORMED", "a name of at most 64 characters on one line is due here");
  return text;
}

Roles read_roles(const RepeatedTexts& names, Causes& causes) {
  Roles out;
  for (int i = 0; i < names.size(); ++i) {
    const auto role = role_from(names[i]);
    if (role && *role != Role::peer) {
      out.add(*role);
      continue;
    }
    causes.add(numbered("roles", i), role ? "ROLE_CONFIGURED" : "WORD_UNKNOWN",
               role ? "peers are configured as links, not registered" : "not a role known here",
               "use agency, operator, auditor or registrar");
  }
  if (names.empty()) causes.add("roles", "FIELD_EMPTY", "at least one role is needed");
  return out;
}

std::vector<Digest> read_signers(const RepeatedTexts& signers, Causes& causes) {
  std::vector<Digest> out;
  if (!within_limit(signers.size(), kMaxRegistrySigners, "signers", causes)) return out;
  for (int i = 0; i < signers.size(); ++i)
    out.push_back(read_digest(signers[i], numbered("signers", i), causes));
  return out;
}

}  // namespace

Result<RegistryEntry> from_proto(const v1::RegistryEntry& entry) {
  Causes causes;
  RegistryEntry out;
  out.certificate = read_certificate(entry, causes);
  out.agency = read_agency(entry.agency(), "agency", causes);
  out.system = read_name(entry.system(), "system", causes);
  if (!entry.inbox().empty()) out.inbox = read_name(entry.inbox(), "inbox", causes);
  out.roles = read_roles(entry.roles(), causes);
  out.signers = read_signers(entry.signers(), causes);
  out.added_at = read_time(entry.added_at(), "added_at", causes).value_or(Timestamp());
  out.added_by = read_name(entry.added_by(), "added_by", causes);
  out.revoked_at = read_time(entry.revoked_at(), "revoked_at", causes);
  if (out.roles.has(Role::agency) && out.agency.empty() && !causes.names("agency"))
    causes.add("agency", "FIELD_EMPTY", "whoever has the role \"agency\" acts for one");
  if (!causes.empty()) return std::move(causes).into_error("ENTRY_MALFORMED", "not a registry entry");
  return out;
}

v1::RegistryEntry to_proto(const RegistryEntry& entry) {
  v1::RegistryEntry out;
  out.set_certificate_sha256(std::string(entry.certificate.bytes()));
  out.set_agency(entry.agency.text());
  out.set_system(entry.system);
  out.set_inbox(entry.inbox);
  for (const Role role : {Role::agency, Role::peer, Role::operator_, Role::auditor, Role::registrar}) {
    if (entry.roles.has(role)) out.add_roles(std::string(name(role)));
  }
  for (const Digest& signer : entry.signers) out.add_signers(std::string(signer.bytes()));
  out.set_added_at(to_rfc3339(entry.added_at));
  out.set_added_by(entry.added_by);
  if (entry.revoked_at) out.set_revoked_at(to_rfc3339(*entry.revoked_at));
  return out;
}

}  // namespace tram::codec
