// What every command has: the global options, the profile, a clock, and where to print.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "tramctl/options.h"
#include "tramctl/profile.h"

namespace tram::client {

/// One thread.
class Context {
 public:
  explicit Context(const GlobalOptions& globals) : globals_(globals) {}

  /// Read at the first call. Errors: those of read_profile(); PROFILE_MISSING if none is named.
  [[nodiscard]] Result<const Profile*> profile();
  /// The profile's agency. Errors: also AGENCY_MISSING.
  [[nodiscard]] Result<AgencyCode> agency();
  /// The profile, or nullptr if none is named; for commands that need none. Errors: those of read_profile().
  [[nodiscard]] Result<const Profile*> profile_if_any();

  [[nodiscard]] bool json() const { return globals_.json; }
  /// Whether progress is shown: on a terminal, or asked for.
  [[nodiscard]] bool shows_progress() const;
  [[nodiscard]] const Clock& clock() const { return clock_; }

  /// One line on standard output, for people; nothing with --json.
  void line(const std::string& text) const;
  /// One line of JSON on standard output, with --json alone.
  void print(const boost::json::object& object) const;
  /// One line on standard error.
  void note(const std::string& text) const;

 private:
  const GlobalOptions& globals_;
  SystemClock clock_;
  std::optional<Profile> profile_;
};

}  // namespace tram::client
