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
  if (!entry.roles.has(Role::agency)) {
    if (entry.signers.empty()) return {};
    return invalid("signers", "SIGNERS_WITHOUT_AGENCY", "only an agency's entry maps signing certificates",
                   "add the role agency, or leave the signers out");
  }
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
  auto records = records_of(who, entry, act);
  context_.services.messages.submit(
      [entry, records](Transaction& transaction) -> Result<void> {
        transaction.put_registry_entry(entry);
        for (const EvidenceRecord& record : records)
          transaction.append_record(codec::write_record(record), std::nullopt, "");
        return {};
      },
      [this, entry, records, done = std::move(done)](const Result<void>& committed) {
        if (!committed) return done(committed.error());
        context_.registry.changed(entry);
        for (const EvidenceRecord& record : records) context_.services.observer.recorded(record);
        context_.wakeups.log_grew();
        done(entry);
      });
}

// One of the entry, and one of each certificate that speaks for its agency from now on.
std::vector<EvidenceRecord> Registrar::records_of(const Identity& who, const RegistryEntry& entry,
                                                  const std::string& act) const {
  EvidenceRecord change;
  change.event = EvidenceEvent::registry_change;
  change.time = context_.now();
  change.node = context_.settings.node;
  change.peer = "sha256:" + who.certificate.hex();
  change.reason = act;
  change.detail = "sha256:" + entry.certificate.hex() + " as " + text(entry.roles) +
                  (entry.agency.empty() ? "" : " of " + entry.agency.text());
  std::vector<EvidenceRecord> records{change};
  if (entry.revoked_at) return records;
  for (const Digest& signer : entry.signers) {
    change.reason = "REGISTRY_MAP";
    change.signer = signer;
    change.detail = "signs for " + entry.agency.text() + " by the entry sha256:" + entry.certificate.hex();
    records.push_back(change);
  }
  return records;
}

}  // namespace tram::exchange
