#include "evidence/receipt_agreement.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include "evidence/log_authority.h"

namespace tram::evidence {
namespace {

class ReceiptAgreement {
 public:
  ReceiptAgreement(std::vector<ReceiptReport>& receipts, const ReceiptSubject& subject,
                   const LogOwners& owners, std::vector<Error>& causes)
      : receipts_(receipts), subject_(subject), owners_(owners), causes_(causes) {}

  std::vector<ForwardedRecipient> check() {
    find_nodes();
    for_each_sound(&ReceiptAgreement::check_owner);
    if (subject_.header == nullptr) return {};
    const auto& named = subject_.header->submission.recipients;
    named_.insert(named.begin(), named.end());
    for_each_sound(&ReceiptAgreement::find_forwarding);
    for_each_sound(&ReceiptAgreement::check_recipients);
    for_each_sound(&ReceiptAgreement::check_authority);
    std::vector<ForwardedRecipient> out;
    out.reserve(forwarded_.size());
    for (auto& [agency, recipient] : forwarded_) out.push_back(std::move(recipient));
    return out;
  }

 private:
  static bool is_sound(const ReceiptReport& receipt) {
    return receipt.record && receipt.state != CheckState::bad;
  }

  void for_each_sound(void (ReceiptAgreement::*step)(ReceiptReport&)) {
    for (ReceiptReport& receipt : receipts_) {
      if (is_sound(receipt)) (this->*step)(receipt);
    }
  }

  void refuse(ReceiptReport& receipt, std::string reason, std::string message, std::string remedy = {}) {
    Error error =
        failure(ErrorCode::failed_precondition, std::move(reason), std::move(message), std::move(remedy));
    error.field = receipt.member;
    causes_.push_back(std::move(error));
    receipt.state = CheckState::bad;
    receipt.doubt.clear();
  }

  static void doubt(ReceiptReport& receipt, std::string why) {
    receipt.state = CheckState::not_checked;
    if (receipt.doubt.empty()) receipt.doubt = std::move(why);
  }

  void find_nodes() {
    for (const ReceiptReport& receipt : receipts_) {
      if (is_sound(receipt)) nodes_[receipt.origin].insert(receipt.record->node);
    }
  }

  void check_owner(ReceiptReport& receipt) {
    const std::string& node = receipt.record->node.text();
    if (const auto owner = owners_.find(receipt.origin); owner != owners_.end()) {
      if (owner->second.node == receipt.record->node) return;
      return refuse(receipt, "LOG_OWNER",
                    "is by node " + node + ", but stands in a log that was given as node " +
                        owner->second.node.text() + "'s");
    }
    if (nodes_.find(receipt.origin)->second.size() == 1) return;
    refuse(
        receipt, "LOG_OWNER",
        "is by node " + node + ", but receipts of other nodes stand in the same log, and a log is one node's",
        "say whose log it is: give its key as NODE=KEY");
  }

  /// An act counts as much as its receipt, and as its node counts for the sender.
  void find_forwarding(ReceiptReport& receipt) {
    const EvidenceRecord& record = *receipt.record;
    if (record.event != EvidenceEvent::operator_act || record.reason != kForwardedReason ||
        record.header != subject_.header_digest || record.recipients.size() != 1) {
      return;
    }
    const AgencyCode& to = record.recipients.front();
    const CheckState authority = speaks_for_sender(owners_, receipt, *subject_.header);
    if (authority == CheckState::bad || named_.contains(to)) return;
    const bool is_proven = receipt.state == CheckState::good && authority == CheckState::good;
    ForwardedRecipient found{to, record.node, is_proven ? CheckState::good : CheckState::not_checked};
    const auto known = forwarded_.try_emplace(to, found).first;
    if (is_proven) known->second = std::move(found);
  }

  void check_recipients(ReceiptReport& receipt) {
    for (const AgencyCode& recipient : receipt.record->recipients) {
      if (named_.contains(recipient)) continue;
      const auto forwarded = forwarded_.find(recipient);
      if (forwarded == forwarded_.end()) {
        return refuse(
            receipt, "RECEIPT_FOREIGN", "speaks of " + recipient.text() + ", no recipient of this message",
            "if it was forwarded there, the sender's node has the receipt of that: export it there");
      }
      if (forwarded->second.state != CheckState::good) {
        doubt(receipt, "the act that forwarded the message to " + recipient.text() + " is not");
      }
    }
  }

  void check_authority(ReceiptReport& receipt) {
    const EvidenceRecord& record = *receipt.record;
    const bool attests =
        record.event == EvidenceEvent::content_consignment || record.event == EvidenceEvent::content_handover;
    if (!attests) return;
    for (const AgencyCode& recipient : record.recipients) {
      const CheckState authority = speaks_for(owners_, receipt, recipient);
      if (authority == CheckState::good) continue;
      const std::string& node = record.node.text();
      const std::string give = "give the log's key as " + node + "," + recipient.text() + "=KEY";
      if (authority == CheckState::bad) {
        return refuse(receipt, "LOG_NOT_AUTHORITATIVE",
                      "attests for " + recipient.text() + ", for which node " + node + " does not speak",
                      "if it does, " + give);
      }
      doubt(receipt, "nobody said that node " + node + " speaks for " + recipient.text() + " (if it does, " +
                         give + ")");
    }
  }

  std::vector<ReceiptReport>& receipts_;
  const ReceiptSubject& subject_;
  const LogOwners& owners_;
  std::vector<Error>& causes_;
  std::map<std::string, std::set<AgencyCode>, std::less<>> nodes_;  // by the log's name
  std::unordered_set<AgencyCode> named_;                            // by the header
  std::map<AgencyCode, ForwardedRecipient> forwarded_;
};

}  // namespace

std::vector<ForwardedRecipient> check_agreement(std::vector<ReceiptReport>& receipts,
                                                const ReceiptSubject& subject, const LogOwners& owners,
                                                std::vector<Error>& causes) {
  return ReceiptAgreement(receipts, subject, owners, causes).check();
}

}  // namespace tram::evidence
