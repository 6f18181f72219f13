#include "exchange/registrar.h"

#include <algorithm>

#include "codec/evidence_json.h"

namespace tram::exchange {
namespace {

Result<void> require_registrar(const Identity& who) {
  if (who.roles.has(Role::registrar)) return {};
  return failure(ErrorCode::permission_denied, "ROLE_MISSING",
                 "the certificate sha256:" + who.certificate.hex() + " is no registrar's",
                 "use a registrar's profile, or name the certificate under [[registrar]]");
}

Result<void> check_entry(const Context& context, const RegistryEntry& entry) {
  if (entry.certificate.is_zero())
    return invalid("certificate", "FIELD_EMPTY", "which certificate is missing");
  if (entry.roles.empty() || entry.roles.has(Role::peer)) {
    return invalid("roles", "ROLE_UNKNOWN", "roles are agency, operator, auditor, registrar",
                   "peers are links in the node's configuration");
  }
  if (!entry.roles.has(Role::agency)) return {};
  if (entry.agency.empty()) return invalid("agency", "FIELD_EMPTY", "an agency's entry needs its code");
  if (!std::holds_alternative<Here>(context.router.route(entry.agency))) {
    return invalid(
        "agency", "AGENCY_ELSEWHERE",
        "node " + context.settings.node.text() + " is not authoritative for " + entry.agency.text(),
        "register it at its own node, or extend [node] authoritative");
  }
  return {};
}

}  // namespace

void Registrar::add(const Identity& who, RegistryEntry entry, Done done) {
  if (auto allowed = require_registrar(who); !allowed) return done(allowed.error());
  if (auto checked = check_entry(context_, entry); !checked) return done(checked.error());
  if (entry.inbox.empty()) entry.inbox = "default";
  entry.added_at = context_.now();
  entry.added_by = "sha256:" + who.certificate.hex().substr(0, 16);
  entry.revoked_at.reset();
  write(who, std::move(entry), "REGISTRY_ADD", std::move(done));
}

void Registrar::revoke(const Identity& who, const Digest& certificate, Done done) {
  if (auto allowed = require_registrar(who); !allowed) return done(allowed.error());
  const auto entries = context_.registry.entries();
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const RegistryEntry& entry) {
    return entry.certificate == certificate;
  });
  if (found == entries.end()) {
    return done(failure(ErrorCode::not_found, "NOT_REGISTERED",
                        "no entry has the certificate sha256:" + certificate.hex(),
                        "see tramctl registry list"));
  }
  RegistryEntry entry = *found;
  if (!entry.revoked_at) entry.revoked_at = context_.now();
  write(who, std::move(entry), "REGISTRY_REVOKE", std::move(done));
}

void Registrar::write(const Identity& who, RegistryEntry entry, const std::string& act, Done done) {
  EvidenceRecord record;
  record.event = EvidenceEvent::registry_change;
  record.time = context_.now();
  record.node = context_.settings.node;
  record.peer = "sha256:" + who.certificate.hex();
  record.reason = act;
  record.detail = "sha256:" + entry.certificate.hex() + " as " + text(entry.roles) +
                  (entry.agency.empty() ? "" : " of " + entry.agency.text());
  context_.services.messages.submit(
      [entry, bytes = codec::write_record(record)](Transaction& transaction) -> Result<void> {
        transaction.put_registry_entry(entry);
        transaction.append_record(bytes, std::nullopt, "");
        return {};
      },
      [this, entry, record, done = std::move(done)](const Result<void>& committed) {
        if (!committed) return done(committed.error());
        context_.registry.changed(entry);
        context_.services.observer.recorded(record);
        context_.wakeups.log_grew();
        done(entry);
      });
}

}  // namespace tram::exchange
