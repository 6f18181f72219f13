#include "tests/simulation/witness.h"

#include <algorithm>

#include "codec/header_json.h"
#include "log/checkpoint.h"
#include "log/note.h"

namespace tram::sim {

Witness::Witness(Network& network, const Cast& cast) : cast_(cast) {
  network.tamper = [this](const AgencyCode& from, const AgencyCode& to, exchange::HopItem& item) {
    see(from, to, item);
  };
}

void Witness::ask_for_checkpoint(SimNode& node) {
  if (!node.is_up()) return;
  if (const auto note = node.node().checkpoint()) {
    const auto opened = log::open_checkpoint(*note, node.log_key().verifier());
    if (opened) checkpoints_[{opened->origin, opened->size}].insert(*note);
  }
}

void Witness::see(const AgencyCode& from, const AgencyCode& to, const exchange::HopItem& item) {
  if (const auto* bundle = std::get_if<ReceiptBundle>(&item)) return see(from, *bundle);
  see(to, std::get<exchange::HopMessage>(item));
}

// Signatures are checked by who keeps the receipts.
void Witness::see(const AgencyCode& from, const ReceiptBundle& bundle) {
  const auto note = log::parse_note(bundle.checkpoint);
  if (!note) return;
  const auto checkpoint = log::parse_checkpoint(note->text);
  if (!checkpoint) return;
  checkpoints_[{bundle.origin, checkpoint->size}].insert(bundle.checkpoint);
  const auto sender = std::find_if(cast_.nodes.begin(), cast_.nodes.end(),
                                   [&](SimNode* node) { return node->code() == from; });
  if (bundle.origin != (*sender)->settings().log_origin) return;  // passed on
  for (const ProvenRecord& record : bundle.records)
    receipts_[{bundle.origin, record.index}].insert(checkpoint->size);
}

void Witness::see(const AgencyCode& to, const exchange::HopMessage& hop) {
  const auto receiver =
      std::find_if(cast_.nodes.begin(), cast_.nodes.end(), [&](SimNode* node) { return node->code() == to; });
  const auto header = codec::read_header(hop.header);
  if (!header) return;
  const bool uploaded = std::any_of(hop.contents.begin(), hop.contents.end(),
                                    [](const auto& content) { return content.uploaded; });
  const bool known = !uploaded && (*receiver)->messages().certificate(hop.certificate);
  // By any of the clocks it had: its clock may jump before it looks.
  const SimClock& clock = (*receiver)->clock();
  const Timestamp latest = clock.now() - clock.jumped() + (*receiver)->settings().clock_tolerance;
  if (!known || header->signed_at > latest) delayed_.emplace(to, header->submission.key);
}

}  // namespace tram::sim
