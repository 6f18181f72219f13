// What it takes several receipts to see: that each log is one node's, to whom the message was forwarded, and
// that each record speaks of such recipients, and for such agencies, as its node may.
#pragma once

#include "evidence/receipt_check.h"

namespace tram::evidence {

/// The reason in the record of an operator's act by which a node sends a message to whom its sender did not
/// name. The record has that one recipient.
inline constexpr std::string_view kForwardedReason = "DELIVERY_FORWARDED";

/// Checks those that are not bad by themselves, lowers their states, and adds the causes, naming the record:
///
///   LOG_OWNER              is by another node than the one whose log it stands in; if nobody said whose log
///                          it is: receipts of two nodes stand in it, and none of them is believed
///   RECEIPT_FOREIGN        speaks of an agency that neither the header names nor, in a receipt here, an act
///                          of the sender's node
///   LOG_NOT_AUTHORITATIVE  attests that a document came to, or was taken by, an agency for which its node
///                          does not speak
///
/// One cause a receipt, whatever it says: what is refused is the receipt. Without a sound header only the
/// first is checked. Answers whom the acts name, each once.
[[nodiscard]] std::vector<ForwardedRecipient> check_agreement(std::vector<ReceiptReport>& receipts,
                                                              const ReceiptSubject& subject,
                                                              const LogOwners& owners,
                                                              std::vector<Error>& causes);

}  // namespace tram::evidence
