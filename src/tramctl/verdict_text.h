// Verdicts for people and for programs.
#pragma once

#include <tram/v1/message.pb.h>

#include <boost/json/object.hpp>
#include <string>

namespace tram::client {

/// "good (not checked: revocation, time-stamp)", "bad: CHAIN_INCOMPLETE …".
[[nodiscard]] std::string verdict_text(const v1::VerdictInfo& verdict);
/// All of it, named as in the protocol.
[[nodiscard]] boost::json::object verdict_json(const v1::VerdictInfo& verdict);

}  // namespace tram::client
