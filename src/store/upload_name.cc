#include "store/upload_name.h"

namespace tram::store {

std::string upload_owner(const std::string& owner) { return "u-" + Sha256::of(owner).hex().substr(0, 32); }

std::string upload_name(const std::string& owner, const Digest& sha256, std::uint64_t size) {
  return upload_owner(owner) + "-" + sha256.hex() + "-" + std::to_string(size);
}

}  // namespace tram::store
