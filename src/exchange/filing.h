// Filing: everything one message puts into the store, decided before the transaction and written inside it.
// The only place where messages, queues and their evidence come into being, for submissions and arrivals
// alike.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exchange/context.h"

namespace tram::exchange {

/// A recipient that is refused while the others go on.
struct RefusedRecipient {
  AgencyCode agency;
  Error error;
};

/// A message with its way onwards.
struct Filing {
  StoredMessage message;
  Header header;
  Digest manifest;
  Verdict verdict;
  EvidenceEvent event = EvidenceEvent::submission_acceptance;
  std::vector<AgencyCode> here;                                        ///< recipients on this node
  std::vector<std::pair<std::string, std::vector<AgencyCode>>> links;  ///< one copy a link
  std::vector<RefusedRecipient> refused;
  std::uint32_t retry = 0;  ///< greater than 0: an operator had it sent out again for these recipients
  std::optional<Forwarding> forwarding;     ///< to its one recipient, checked
  bool again = false;                       ///< `message` is stored here already
  std::optional<StoredReceipt> acceptance;  ///< the accepting node's proven record
  Bytes acceptance_checkpoint;              ///< the signed note it is proven by
  Bytes certificate;                        ///< DER, kept so that it can be exported
  std::vector<Filing> arrival_statuses;     ///< status 01 for each recipient here
};

/// What was written, for after the commit.
struct Filed {
  MessageRow row{};
  std::uint64_t log_index = 0;
  std::vector<EvidenceRecord> records;
  std::optional<Error> acceptance_refused;  ///< its log told two histories: not kept
};

/// Splits the recipients by route. `from_link` is never a way onwards: what would go back there is refused.
void route_recipients(const Context& context, const std::vector<AgencyCode>& recipients,
                      const std::string& from_link, Filing& filing);

/// Writes the filing. REQUIRES: its key is new in this transaction. FAILED_PRECONDITION for a status that may
/// not be.
[[nodiscard]] Result<Filed> file(const Context& context, Transaction& transaction, Filing& filing);

/// The same for a message that is stored here: for those recipients alone that this retry has not reached
/// yet. Who has it already is proven again. A copy of the filing: whom it leaves out is found anew in each
/// run.
[[nodiscard]] Result<Filed> file_again(const Context& context, Transaction& transaction, Filing filing);

/// Inside a unit: puts a message that is stored here already into the inboxes of `filing.here`.
void consign_again(const Context& context, Transaction& transaction, const Filing& filing, MessageRow row);

/// After the commit: tells the observer and wakes who has work now.
void after_filing(const Context& context, const Filing& filing, const Filed& filed);

/// Keeps what the message says with it, where it will be wanted next: nobody reads it again.
void keep_reading(Filing& filing);

/// A record with what every record of a message has.
[[nodiscard]] EvidenceRecord record_of(const Context& context, const StoredMessage& message,
                                       EvidenceEvent event, std::vector<AgencyCode> recipients);

}  // namespace tram::exchange
