#include <boost/json/array.hpp>
#include <iostream>

#include "evidence/verification.h"
#include "tramctl/commands.h"
#include "tramctl/failures.h"
#include "tramctl/trust_files.h"

namespace tram::client {
namespace {

Result<evidence::VerificationTrust> trust_of(Context& context, const VerifyOptions& options) {
  const auto named = options.roots.empty() ? context.profile_if_any() : Result<const Profile*>(nullptr);
  if (!named) return named.error();
  const Profile* profile = *named;
  if (options.roots.empty() && (!profile || profile->trust_roots.empty()))
    return invalid("--roots", "ROOTS_MISSING", "it is not said which CA certificates you trust",
                   "give --roots FILE, or a profile with trust_roots");
  evidence::VerificationTrust out;
  const auto roots = read_certificates(profile ? profile->trust_roots : options.roots);
  if (!roots) return roots.error();
  out.roots = *roots;
  std::vector<std::string> more = options.intermediates;
  std::vector<std::string> keys = options.log_keys;
  if (profile) {
    more.insert(more.end(), profile->intermediates.begin(), profile->intermediates.end());
    keys.insert(keys.end(), profile->log_keys.begin(), profile->log_keys.end());
  }
  const auto intermediates = read_certificates(more);
  if (!intermediates) return intermediates.error();
  out.intermediates = *intermediates;
  auto mappings =
      all_mappings(profile ? profile->mappings : std::vector<CertificateMapping>(), options.mappings);
  if (!mappings) return mappings.error();
  out.mapped = as_trusted(std::move(*mappings));
  auto logs = read_logs(keys);
  if (!logs) return logs.error();
  out.log_keys = std::move(logs->keys);
  out.log_owners = std::move(logs->owners);
  out.now = context.clock().now();
  return out;
}

boost::json::array forwarded_json(const evidence::ContainerReport& report) {
  boost::json::array out;
  for (const evidence::ForwardedRecipient& one : report.forwarded)
    out.emplace_back(boost::json::object{
        {"agency", one.agency.text()}, {"by", one.node.text()}, {"state", name(one.state)}});
  return out;
}

boost::json::array log_keys_json(const evidence::ContainerReport& report) {
  boost::json::array out;
  for (const evidence::LogKeyReport& key : report.log_keys) {
    boost::json::object one{{"vkey", key.key.vkey()}, {"source", key.given ? "given" : "container"}};
    if (key.owner) one["node"] = key.owner->node.text();
    out.emplace_back(std::move(one));
  }
  return out;
}

boost::json::object report_json(const evidence::ContainerReport& report) {
  boost::json::object out;
  out["file"] = report.path;
  out["acceptable"] = report.acceptable();
  out["document"] = name(report.document);
  out["receipts_state"] = name(report.receipts_state);
  if (report.header) {
    out["sender"] = report.header->submission.key.sender.text();
    out["id"] = report.header->submission.key.id.text();
    out["signed_at"] = to_rfc3339(report.header->signed_at);
  }
  if (report.verdict) {
    out["signer"] = report.verdict->who();
    out["by_mapping"] = report.verdict->by_mapping;
    out["subject"] = report.verdict->subject;
    out["basis"] = name(report.verdict->basis);
    out["judged_at"] = to_rfc3339(report.verdict->judged_at);
    if (!report.time_node.empty()) out["time_by"] = report.time_node.text();
    out["revocation"] = name(report.verdict->revocation);
  }
  boost::json::array causes, members, receipts;
  for (const Error& cause : report.causes) causes.emplace_back(error_json(cause));
  for (const evidence::MemberReport& member : report.members)
    members.emplace_back(
        boost::json::object{{"name", member.name}, {"size", member.size}, {"state", name(member.state)}});
  for (const evidence::ReceiptReport& receipt : report.receipts) {
    boost::json::object one{{"member", receipt.member},
                            {"origin", receipt.origin},
                            {"index", receipt.index},
                            {"tree_size", receipt.tree_size},
                            {"log_key", evidence::name(receipt.key)},
                            {"state", name(receipt.state)}};
    if (receipt.record) {
      one["event"] = name(receipt.record->event);
      one["node"] = receipt.record->node.text();
      one["time"] = to_rfc3339(receipt.record->time);
    }
    if (!receipt.doubt.empty()) one["doubt"] = receipt.doubt;
    receipts.emplace_back(std::move(one));
  }
  out["causes"] = std::move(causes);
  out["members"] = std::move(members);
  out["receipts"] = std::move(receipts);
  out["forwarded"] = forwarded_json(report);
  out["log_keys"] = log_keys_json(report);
  return out;
}

}  // namespace

Result<int> verify(Context& context, const VerifyOptions& options) {
  const auto trust = trust_of(context, options);
  if (!trust) return trust.error();
  const evidence::ContainerReport report = evidence::verify_container(options.file, *trust);
  std::string text = evidence::to_text(report);
  if (!text.empty() && text.back() == '\n') text.pop_back();
  context.line(text);
  if (report.verdict)
    if (const std::string hint = mapping_hint(*report.verdict); !hint.empty())
      context.note("tramctl: " + hint);
  context.print(report_json(report));
  return report.acceptable() ? 0 : 1;
}

}  // namespace tram::client
