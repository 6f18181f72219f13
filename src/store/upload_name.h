// Names of uploads, safe as file names whatever the owner is called.
#pragma once

#include <cstdint>
#include <string>

#include "base/sha256.h"

namespace tram::store {

/// "u-" + 32 hexadecimal digits of SHA-256(owner) + "-" + those of the content + "-" + its size: another
/// owner's upload has another name, so no check can be forgotten.
[[nodiscard]] std::string upload_name(const std::string& owner, const Digest& sha256, std::uint64_t size);
/// The part that names the owner: 34 characters.
[[nodiscard]] std::string upload_owner(const std::string& owner);

}  // namespace tram::store
