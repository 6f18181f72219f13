// The life of a message as its parties may see it, and the evidence of it.
#pragma once

#include "exchange/context.h"
#include "exchange/receipt_office.h"

namespace tram::exchange {

/// Threads: any; blocks on the store.
class Tracker {
 public:
  explicit Tracker(const Context& context) : context_(context) {}
  [[nodiscard]] Result<TrackView> track(const Identity& who, const MessageKey& key) const;
  [[nodiscard]] Result<EvidenceParts> evidence(const Identity& who, const MessageKey& key,
                                               ReceiptOffice& receipts) const;
  [[nodiscard]] Result<AttachmentSource> attachment(const Identity& who, const DeliveryId& id,
                                                    std::size_t index) const;

 private:
  [[nodiscard]] Result<StoredMessage> load_for(const Identity& who, const MessageKey& key,
                                               bool auditors) const;
  [[nodiscard]] Result<std::vector<ReceiptBundle>> own_records(const StoredMessage& message,
                                                               const Bytes& note) const;
  [[nodiscard]] std::vector<log::VerifierKey> keys_of(const std::vector<ReceiptBundle>& bundles) const;

  const Context& context_;
};

}  // namespace tram::exchange
