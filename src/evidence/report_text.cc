#include <algorithm>

#include "codec/text.h"
#include "evidence/verification.h"

namespace tram::evidence {
namespace {

constexpr std::size_t kMaxShown = 300;  // bytes of a name or message: longer ones help nobody

/// Text from a container may hold terminal escapes or turn what follows it round.
std::string safe(std::string_view text) {
  std::string clean = codec::clean_text(text, kMaxShown);
  if (!codec::has_hidden_characters(clean)) return clean;
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  }
  return clean;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  out.resize(std::max(width, out.size()), ' ');
  return out;
}

std::string joined(const std::vector<AgencyCode>& codes) {
  std::string out;
  for (const AgencyCode& code : codes) out += (out.empty() ? "" : ", ") + code.text();
  return out;
}

void add_header(std::string& out, const ContainerReport& report) {
  if (!report.header) return;
  const Submission& message = report.header->submission;
  out += "message    " + message.key.id.text() + " from " + message.key.sender.text() + " to " +
         safe(joined(message.recipients)) + ", signed at " + to_rfc3339(report.header->signed_at) + "\n";
  out += "header     SHA-256 " + report.header_digest.hex() + "\n";
}

std::string basis_of(const ContainerReport& report) {
  const std::string& node = report.time_node.text();
  if (node.empty()) return "the time of this check: no log proves an earlier one";
  if (report.verdict->basis == TimeBasis::accepting_log)
    return "its acceptance at node " + node + ", proven by that node's log";
  return "its arrival at node " + node + ", by that node's log";
}

void add_verdict(std::string& out, const ContainerReport& report) {
  if (!report.verdict) {
    out += "signature  not judged: it is not over what this header gives\n";
    return;
  }
  const Verdict& verdict = *report.verdict;
  out += "signature  " + verdict.who() + ": " + (verdict.good() ? "good" : "BAD") + "\n";
  out += "           by " + safe(verdict.subject) + "\n";
  out += "           certificate SHA-256 " + verdict.certificate.hex() + "\n";
  out += "           judged at " + to_rfc3339(verdict.judged_at) + ", " + basis_of(report) + "\n";
  const std::pair<const char*, CheckState> checks[] = {{"signature", verdict.signature},
                                                       {"certificate binding", verdict.certificate_binding},
                                                       {"chain", verdict.chain},
                                                       {"validity", verdict.validity},
                                                       {"key usage", verdict.key_usage},
                                                       {"speaks for the agency", verdict.speaks_for},
                                                       {"revocation", verdict.revocation},
                                                       {"time-stamp", verdict.time_stamp},
                                                       {"PDF signatures", verdict.pdf_signatures}};
  for (const auto& [what, state] : checks) {
    out += "           " + padded(name(state), 13) + what + "\n";
  }
}

void add_members(std::string& out, const ContainerReport& report) {
  out += "members\n";
  for (const MemberReport& member : report.members) {
    const std::string state = member.state == CheckState::bad ? "BAD" : std::string(name(member.state));
    out += "           " + padded(state, 13) + safe(member.name) + " (" + std::to_string(member.size) +
           " bytes)\n";
  }
}

/// Why a receipt that has nothing wrong is not good.
std::string unproven(const ReceiptReport& receipt) {
  switch (receipt.key) {
    case KeySource::container:
      return "consistent with the key in the container, which is not independently trusted";
    case KeySource::none:
      return "whose key is neither given nor in the container: its signature was not checked";
    case KeySource::given:
      return "not proven: " + safe(receipt.doubt);
  }
  return {};
}

void add_forwarded(std::string& out, const ContainerReport& report) {
  for (const ForwardedRecipient& one : report.forwarded) {
    out += "forwarded  to " + one.agency.text() + " by an operator of node " + one.node.text() +
           "; the sender did not address it" +
           (one.state == CheckState::good ? "\n" : "; NOT CHECKED: the receipt of that is not proven\n");
  }
}

std::string owner_of(const LogKeyReport& one) {
  if (!one.owner) return "whose log it is was not given: give the key as NODE=KEY, with that node's code";
  const auto& others = one.owner->others;
  return "the log of node " + one.owner->node.text() +
         (others.empty() ? std::string() : ", which serves " + joined(others) + " too");
}

void add_log_keys(std::string& out, const ContainerReport& report) {
  if (report.log_keys.empty()) return;
  out += "log keys\n";
  for (const LogKeyReport& one : report.log_keys) {
    out += "           " + padded(one.given ? "given" : "found here", 13) + safe(one.key.vkey()) + "\n";
    if (one.given) out += "           " + padded("", 13) + owner_of(one) + "\n";
  }
}

void add_receipts(std::string& out, const ContainerReport& report) {
  if (report.receipts.empty()) {
    out += "receipts   none\n";
    return;
  }
  out += "receipts\n";
  for (const ReceiptReport& receipt : report.receipts) {
    const std::string state = receipt.state == CheckState::bad ? "BAD" : std::string(name(receipt.state));
    out += "           " + padded(state, 13);
    if (receipt.record) {
      const EvidenceRecord& record = *receipt.record;
      out += std::string(name(record.event)) + " by node " + record.node.text() + " at " +
             to_rfc3339(record.time);
      if (!record.recipients.empty()) out += " for " + safe(joined(record.recipients));
    } else {
      out += safe(receipt.member);
    }
    if (!receipt.origin.empty()) {
      out += ", entry " + std::to_string(receipt.index) + " of log " + safe(receipt.origin);
      if (receipt.state == CheckState::not_checked) out += ", " + unproven(receipt);
    }
    out += "\n";
  }
}

void add_causes(std::string& out, const ContainerReport& report) {
  if (report.causes.empty()) return;
  out += "wrong\n";
  for (Error cause : report.causes) {
    const std::string what = cause.field.empty() ? "the file" : safe(cause.field);
    cause.field.clear();  // or text() would name it again
    out += "           " + what + ": " + safe(cause.text()) + " [" + cause.reason + "]\n";
  }
}

std::string conclusion(const ContainerReport& report) {
  if (!report.acceptable()) return "REFUSED: see above what is wrong\n";
  std::string out = "GOOD: the document is what was signed";
  if (report.receipts.empty()) return out + "; there are no receipts\n";
  const auto& keys = report.log_keys;
  const auto any = [&](auto is) { return std::any_of(keys.begin(), keys.end(), is); };
  if (report.receipts_state == CheckState::good) {
    out += ", and every receipt is proven\n";
  } else {
    out += "; NOT CHECKED: receipts that the keys given do not prove, see above\n";
  }
  if (any([](const LogKeyReport& one) { return !one.given; })) {
    out +=
        "To prove them, compare the keys found here with what their nodes publish, then give those to this "
        "check.\n";
  }
  if (any([](const LogKeyReport& one) { return one.given && !one.owner; })) {
    out +=
        "That a receipt is by the node that it names is its log's own word, where no key was given as "
        "NODE=KEY.\n";
  }
  return out;
}

}  // namespace

std::string_view name(KeySource source) {
  switch (source) {
    case KeySource::none:
      return "none";
    case KeySource::container:
      return "container";
    case KeySource::given:
      return "given";
  }
  return "?";
}

std::string to_text(const ContainerReport& report) {
  std::string out = "container  " + safe(report.path) + "\n";
  if (!report.members.empty()) {  // else it is no container, and nothing can be said of its parts
    add_header(out, report);
    add_forwarded(out, report);
    add_verdict(out, report);
    add_members(out, report);
    add_receipts(out, report);
    add_log_keys(out, report);
  }
  add_causes(out, report);
  return out + conclusion(report);
}

}  // namespace tram::evidence
