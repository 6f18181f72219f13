// Registry entries: model values and protobuf.
#pragma once

#include <tram/v1/operations.pb.h>

#include "base/error.h"
#include "model/registry.h"

namespace tram::codec {

inline constexpr std::size_t kMaxRegistryCertificate = 16 * 1024;  ///< bytes, PEM or DER
inline constexpr std::size_t kMaxRegistrySigners = 64;

/// As a registrar gives it. `certificate` (PEM or DER) may stand for `certificate_sha256`; given both, they
/// must agree. An empty inbox is "default". A peer is configured, not registered: the role "peer" is refused.
/// Errors: INVALID_ARGUMENT with every cause, each naming its field.
[[nodiscard]] Result<RegistryEntry> from_proto(const v1::RegistryEntry& entry);
/// As a node lists it: `certificate` stays empty.
[[nodiscard]] v1::RegistryEntry to_proto(const RegistryEntry& entry);

}  // namespace tram::codec
