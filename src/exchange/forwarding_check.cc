#include "exchange/forwarding_check.h"

#include <algorithm>

#include "codec/evidence_json.h"
#include "exchange/judging.h"

namespace tram::exchange {
namespace {

// The sender's own node, or one whose log attests for the sender.
bool is_node_of(const Context& context, const AgencyCode& node, const AgencyCode& sender) {
  if (sender.within(node)) return true;
  const auto log = context.settings.known_logs.find(node);
  if (log == context.settings.known_logs.end()) return false;
  return std::any_of(log->second.agencies.begin(), log->second.agencies.end(),
                     [&](const AgencyCode& prefix) { return sender.within(prefix); });
}

Error refused(std::string message) {
  return failure(ErrorCode::failed_precondition, "FORWARDING_REFUSED", std::move(message),
                 "forward it at the node that accepted it");
}

}  // namespace

Result<void> check_forwarding(const Context& context, const Forwarding& forwarding, const MessageKey& key,
                              const Digest& header, const AgencyCode& recipient, const Bytes& brought) {
  const auto record = codec::read_record(forwarding.record);
  if (!record) return record.error();
  if (record->event != EvidenceEvent::operator_act || record->reason != kForwarded ||
      record->message != key || record->header != header ||
      record->recipients != std::vector<AgencyCode>{recipient})
    return refused("the forwarding is not of this message to " + recipient.text());
  if (!is_node_of(context, record->node, key.sender))
    return refused("node " + record->node.text() + " is not the one of " + key.sender.text());
  const auto verdict = judge(context,
                             {forwarding.record, forwarding.signature, forwarding.certificate,
                              std::chrono::floor<std::chrono::seconds>(record->time), SignedBy::node,
                              record->node, record->node, TimeBasis::arrival, context.now()},
                             brought);
  return verdict ? require_good(*verdict) : verdict.error();
}

}  // namespace tram::exchange
