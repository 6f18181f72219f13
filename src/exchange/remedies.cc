#include "exchange/remedies.h"

#include <array>
#include <utility>

namespace tram::exchange {
namespace {

using Remedy = std::pair<std::string_view, std::string_view>;

constexpr std::array kRemedies = {
    Remedy{"UNKNOWN_RECIPIENT",
           "check the agency's code: register the agency at its node and retry, or have the sender send it "
           "to the "
           "right code"},
    Remedy{"NOT_TAKEN_IN_TIME", "find out why the node is away (tramctl nodes), then retry"},
    Remedy{"SIGNATURE_REFUSED", "see the causes; the agency signs it anew under a new id"},
    Remedy{"SIGNING_TIME_OUT_OF_BOUNDS", "the agency sends it again under a new id, with a right clock"},
    Remedy{"SENDER_NOT_BEHIND_LINK",
           "add the sender's prefix to the link at the node that refused it, then retry"},
    Remedy{"ROUTING_LOOP", "correct the links' prefixes of the nodes it passed, then retry"},
    Remedy{"ID_REUSED", "the agency sends the new content under a new id; then close this one"},
    Remedy{"SUBMITTED_BEFORE",
           "it went out before this node was restored from a backup, and is with its recipient or on its "
           "way: close this one"},
    Remedy{"CONTENT_GONE", "restore the node's content from its backup, then retry"},
    Remedy{"CONTENT_DAMAGED", "restore the node's content from its backup, then retry"},
};

}  // namespace

std::string remedy_for(std::string_view line_reason) {
  const std::string_view reason = line_reason.substr(0, line_reason.find(':'));
  for (const auto& [known, remedy] : kRemedies) {
    if (known == reason) return std::string(remedy);
  }
  return "see its life with tramctl track, mend the cause, then retry; or close it";
}

}  // namespace tram::exchange
