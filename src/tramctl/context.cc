#include "tramctl/context.h"

#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <iostream>

namespace tram::client {
namespace {

std::string named_profile(const GlobalOptions& globals) {
  if (!globals.profile.empty()) return globals.profile;
  const char* found = std::getenv("TRAM_PROFILE");  // NOLINT(concurrency-mt-unsafe): nobody writes it
  return found ? found : "";
}

}  // namespace

Result<const Profile*> Context::profile() {
  if (profile_) return &*profile_;
  const std::string path = named_profile(globals_);
  if (path.empty())
    return invalid("--profile", "PROFILE_MISSING", "no profile says which node to speak to and as whom",
                   "give --profile FILE or set TRAM_PROFILE; tramctl --help shows what stands in it");
  Result<Profile> read = read_profile(path);
  if (!read) {
    Error error = read.error();
    if (error.reason == "FILE_UNREADABLE") error.field = "--profile";
    return error;
  }
  profile_ = std::move(*read);
  return &*profile_;
}

Result<AgencyCode> Context::agency() {
  const Result<const Profile*> found = profile();
  if (!found) return found.error();
  if ((*found)->agency.empty())
    return failure(ErrorCode::failed_precondition, "AGENCY_MISSING", (*found)->file + " names no agency",
                   "add agency = \"H52.01\" to it");
  return (*found)->agency;
}

Result<const Profile*> Context::profile_if_any() {
  if (named_profile(globals_).empty()) return static_cast<const Profile*>(nullptr);
  return profile();
}

bool Context::shows_progress() const { return globals_.progress || ::isatty(STDERR_FILENO) == 1; }

void Context::line(const std::string& text) const {
  if (!json()) std::cout << text << std::endl;
}

void Context::print(const boost::json::object& object) const {
  if (json()) std::cout << boost::json::serialize(object) << std::endl;
}

void Context::note(const std::string& text) const { std::cerr << text << std::endl; }

}  // namespace tram::client
