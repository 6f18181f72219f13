#include "exchange/registry_book.h"

#include <algorithm>
#include <set>

namespace tram::exchange {
namespace {

bool active_agency(const RegistryEntry& entry, const AgencyCode& agency) {
  return !entry.revoked_at && entry.roles.has(Role::agency) && entry.agency == agency;
}

}  // namespace

std::shared_ptr<const RegistryBook::Entries> RegistryBook::snapshot() const {
  const std::lock_guard lock(mutex_);
  return entries_;
}

void RegistryBook::load(const std::vector<RegistryEntry>& entries) {
  auto fresh = std::make_shared<Entries>();
  for (const RegistryEntry& entry : entries) fresh->insert_or_assign(entry.certificate, entry);
  const std::lock_guard lock(mutex_);
  entries_ = std::move(fresh);
}

void RegistryBook::changed(const RegistryEntry& entry) {
  std::vector<std::shared_ptr<std::function<void()>>> listeners;
  {
    const std::lock_guard lock(mutex_);
    auto fresh = std::make_shared<Entries>(*entries_);
    fresh->insert_or_assign(entry.certificate, entry);
    entries_ = std::move(fresh);
    std::erase_if(listeners_, [](const auto& listener) { return listener.expired(); });
    for (const auto& listener : listeners_) {
      if (auto alive = listener.lock()) listeners.push_back(std::move(alive));
    }
  }
  for (const auto& listener : listeners) (*listener)();
}

Result<Identity> RegistryBook::identify(const Digest& certificate) const {
  for (const LinkSettings& link : settings_.links) {
    if (link.certificate == certificate) {
      return Identity{certificate, link.node, link.name, "", Roles().add(Role::peer), link.name};
    }
  }
  Identity found{certificate, {}, {}, {}, {}, {}};
  if (std::count(settings_.registrars.begin(), settings_.registrars.end(), certificate) != 0) {
    found.roles.add(Role::registrar);
    found.system = "registrar";
  }
  const auto entries = snapshot();
  const auto entry = entries->find(certificate);
  if (entry != entries->end() && !entry->second.revoked_at) {
    found.agency = entry->second.agency;
    found.system = entry->second.system;
    found.inbox = entry->second.inbox;
    found.roles = Roles(found.roles.bits() | entry->second.roles.bits());
  }
  if (found.roles.empty()) {
    const bool revoked = entry != entries->end();
    return failure(ErrorCode::permission_denied, revoked ? "REGISTRATION_REVOKED" : "NOT_REGISTERED",
                   "no active registry entry has the TLS certificate sha256:" + certificate.hex(),
                   "ask the node's registrar to add it: tramctl registry add");
  }
  return found;
}

bool RegistryBook::is_agency(const AgencyCode& agency) const {
  const auto entries = snapshot();
  return std::any_of(entries->begin(), entries->end(),
                     [&](const auto& pair) { return active_agency(pair.second, agency); });
}

std::string RegistryBook::inbox_for(const AgencyCode& agency, const std::string& application_type) const {
  std::set<std::string> inboxes;
  const auto entries = snapshot();
  for (const auto& [certificate, entry] : *entries) {
    if (active_agency(entry, agency)) inboxes.insert(entry.inbox);
  }
  if (!application_type.empty() && inboxes.contains(application_type)) return application_type;
  return inboxes.empty() || inboxes.contains("default") ? "default" : *inboxes.begin();
}

std::vector<AgencyCode> RegistryBook::agencies() const {
  std::set<AgencyCode> found;
  const auto entries = snapshot();
  for (const auto& [certificate, entry] : *entries) {
    if (active_agency(entry, entry.agency)) found.insert(entry.agency);
  }
  return {found.begin(), found.end()};
}

std::vector<RegistryEntry> RegistryBook::entries() const {
  std::vector<RegistryEntry> out;
  const auto entries = snapshot();
  for (const auto& [certificate, entry] : *entries) out.push_back(entry);
  return out;
}

std::shared_ptr<void> RegistryBook::listen(std::function<void()> callback) {
  auto listener = std::make_shared<std::function<void()>>(std::move(callback));
  const std::lock_guard lock(mutex_);
  listeners_.push_back(listener);
  return listener;
}

}  // namespace tram::exchange
