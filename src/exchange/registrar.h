// Changes of the registry: by registrars alone, each with evidence records in the same transaction.
#pragma once

#include <functional>
#include <vector>

#include "exchange/context.h"

namespace tram::exchange {

/// Threads: any.
class Registrar {
 public:
  using Done = std::function<void(Result<RegistryEntry>)>;
  explicit Registrar(const Context& context) : context_(context) {}
  void add(const Identity& who, RegistryEntry entry, Done done);
  void revoke(const Identity& who, const Digest& certificate, Done done);

 private:
  void write(const Identity& who, RegistryEntry entry, const std::string& act, Done done);
  [[nodiscard]] std::vector<EvidenceRecord> records_of(const Identity& who, const RegistryEntry& entry,
                                                       const std::string& act) const;

  const Context& context_;
};

}  // namespace tram::exchange
