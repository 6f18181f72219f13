// Every submission is accepted or refused for good, and is what it was when it was accepted.
#include <algorithm>

#include "codec/header_json.h"
#include "codec/submitted_digest.h"
#include "tests/simulation/oracle.h"

namespace tram::sim {
namespace {

class SubmissionCheck {
 public:
  SubmissionCheck(const Facts& facts, Findings& findings) : facts_(facts), findings_(findings) {}

  void run(SimAgency& agency) {
    for (const std::string& violation : agency.violations()) findings_.push_back(violation);
    for (const auto& [key, sent] : agency.sent()) {
      const auto accepted = agency.accepted().find(key);
      const auto refused = agency.refused().find(key);
      if (accepted != agency.accepted().end()) {
        is_kept(agency, sent, accepted->second);
      } else if (refused != agency.refused().end()) {
        is_nowhere(agency, sent, refused->second);
      } else {
        add(key, "was never answered");
      }
    }
  }

 private:
  void add(const MessageKey& key, const std::string& what) { findings_.push_back(text(key) + ": " + what); }

  void is_kept(SimAgency& agency, const SimAgency::Sent& sent, const exchange::Acceptance& acceptance) {
    const MessageKey& key = sent.fields.key;
    const Copy* copy = facts_.node(agency.home().code()).find(key);
    if (copy == nullptr) return add(key, "was accepted and is not stored");
    const exchange::StoredMessage& message = *copy->message;
    if (!message.from_link.empty()) add(key, "was accepted, and came by a link too");
    if (message.submitted_digest != codec::submitted_digest(sent.fields))
      add(key, "is stored with other fields than were submitted");
    if (message.header_digest != acceptance.header_digest || message.log_index != acceptance.log_index)
      add(key, "is not what its acceptance names");
  }

  void is_nowhere(SimAgency& agency, const SimAgency::Sent& sent, const SimAgency::Refused& refused) {
    const MessageKey& key = sent.fields.key;
    if (!is_true(agency, sent, refused)) add(key, "was refused without cause: " + refused.error.text());
    for (const auto& node : facts_.nodes()) {
      if (node->find(key) != nullptr) add(key, "was refused, and is stored at " + node->code().text());
    }
  }

  [[nodiscard]] bool is_true(SimAgency& agency, const SimAgency::Sent& sent,
                             const SimAgency::Refused& refused) const {
    const Submission& fields = sent.fields;
    const std::string& reason = refused.error.reason;
    if (reason == "SECRET_DOCUMENT") return !fields.secrecy.empty();
    if (reason == "SIGNING_TIME_OUT_OF_BOUNDS") return was_out_of_time(agency, sent, refused.at);
    if (reason != "UNKNOWN_RECIPIENT") return false;
    return std::any_of(fields.recipients.begin(), fields.recipients.end(), [&](const AgencyCode& recipient) {
      const NodeFacts* home = facts_.home_of(recipient);
      const bool known = facts_.agency(recipient) != nullptr;
      return !known && (home == nullptr || home->node == &agency.home());
    });
  }

  // An agency signed it too long before it was submitted, or a clock was wrong.
  [[nodiscard]] static bool was_out_of_time(SimAgency& agency, const SimAgency::Sent& sent, Timestamp at) {
    const auto* given = std::get_if<exchange::SignedSubmission>(&sent.request.submission);
    if (given == nullptr) return false;
    const auto header = codec::read_header(given->header);
    const Duration distance = header ? header->signed_at - at : Duration::zero();
    const Duration slack = agency.home().clock().jumped() + std::chrono::seconds(1);
    return std::chrono::abs(distance) > agency.home().settings().clock_tolerance - slack;
  }

  const Facts& facts_;
  Findings& findings_;
};

}  // namespace

void check_submissions(const Facts& facts, Findings& findings) {
  SubmissionCheck check(facts, findings);
  for (SimAgency* agency : facts.agencies()) check.run(*agency);
}

}  // namespace tram::sim
