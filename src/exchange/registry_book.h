// The registry in memory: who may connect, which agencies are here.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "exchange/identity.h"
#include "exchange/settings.h"

namespace tram::exchange {

/// Threads: any. Readers see one consistent state. The store is the truth; this follows it after each commit.
class RegistryBook {
 public:
  explicit RegistryBook(const Settings& settings) : settings_(settings) {}

  void load(const std::vector<RegistryEntry>& entries);
  /// After the commit of a change: keeps it and tells the listeners.
  void changed(const RegistryEntry& entry);

  /// PERMISSION_DENIED, reason NOT_REGISTERED, naming the certificate.
  [[nodiscard]] Result<Identity> identify(const Digest& certificate) const;
  /// True if an active entry speaks for this very agency.
  [[nodiscard]] bool is_agency(const AgencyCode& agency) const;
  /// The inbox a message goes to: the one named as its application type if some system reads that, else
  /// "default", else the first by name.
  [[nodiscard]] std::string inbox_for(const AgencyCode& agency, const std::string& application_type) const;
  [[nodiscard]] std::vector<AgencyCode> agencies() const;
  [[nodiscard]] std::vector<RegistryEntry> entries() const;

  [[nodiscard]] std::shared_ptr<void> listen(std::function<void()> callback);

 private:
  using Entries = std::map<Digest, RegistryEntry>;
  [[nodiscard]] std::shared_ptr<const Entries> snapshot() const;

  const Settings& settings_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Entries> entries_ = std::make_shared<const Entries>();
  std::vector<std::weak_ptr<std::function<void()>>> listeners_;
};

}  // namespace tram::exchange
