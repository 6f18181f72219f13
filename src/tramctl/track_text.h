// The life of a message as a person reads it, and whether it got as far as one waits for. Pure.
#pragma once

#include <tram/v1/exchange.pb.h>

#include <boost/json/object.hpp>
#include <string>

#include "base/error.h"

namespace tram::client {

/// What to wait for.
struct Goal {
  enum class Kind { none, state, receipts, status };
  Kind kind = Kind::none;
  int rank = 0;  ///< of a state: 1 relayed, 2 in the inbox, 3 handed over
  unsigned status = 0;
};

/// "", "relayed", "in-the-inbox", "handed-over", "receipts", "status-06".
[[nodiscard]] Result<Goal> goal_from(const std::string& text);

/// True if every recipient is there. 03 counts as reached when 04, 05 or 06 is.
[[nodiscard]] bool reached(const Goal& goal, const v1::TrackResponse& track);
/// True if a recipient is a dead letter: waiting is over.
[[nodiscard]] bool has_dead_letter(const v1::TrackResponse& track);

/// "SubmissionAcceptance" → "accepted: stored, signed and logged"; "Status 03" → "status 03 đã tiếp nhận".
[[nodiscard]] std::string event_words(const std::string& event);

/// Several lines without a last LF. `timing`: RFC 3339 times to the microsecond.
[[nodiscard]] std::string track_text(const v1::TrackResponse& track, bool timing);
[[nodiscard]] boost::json::object track_json(const v1::TrackResponse& track);

}  // namespace tram::client
