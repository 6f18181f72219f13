// The ASiC-E container (ETSI EN 319 162-1) of one message: its members, in this order.
//
//   mimetype                                stored, first, without an extra field
//   header.json                             the header, verbatim
//   content/NAME                            each attachment, in the header's order
//   META-INF/ASiCManifest001.xml            the derived manifest (evidence/manifest.h)
//   META-INF/signature001.p7s               CAdES over the manifest, certificates put back
//   META-INF/receipts/NNN-EVENT.json        a node's evidence record, verbatim: an entry of its log
//   META-INF/receipts/NNN-EVENT.tlog-proof  that the entry is in that log (C2SP tlog-proof v1)
//   META-INF/receipts/logs.vkey             the logs' public keys as the exporter knows them, one vkey a line
//
// Receipts are numbered from 001 without gaps, with more digits beyond 999. EVENT is the record's event as it
// stands in the record ("RelayAcceptance"); a record and its proof have one stem, and that is how the
// verifier pairs them. The proof file does not hold its entry, so each of the two is useless alone: the log's
// entry is exactly the bytes of the .json file.
//
// logs.vkey proves nothing: whoever made the container chose it. With it every bit of a receipt is covered by
// a signature, so that damage shows to a verifier that knows no key of the log too; such a receipt is "not
// checked", never good.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/evidence_record.h"

namespace tram::evidence {

inline constexpr std::string_view kMimetypeMember = "mimetype";
inline constexpr std::string_view kMimetype = "application/vnd.etsi.asic-e+zip";
inline constexpr std::string_view kHeaderMember = "header.json";
inline constexpr std::string_view kContentFolder = "content/";
inline constexpr std::string_view kManifestMember = "META-INF/ASiCManifest001.xml";
inline constexpr std::string_view kSignatureMember = "META-INF/signature001.p7s";
inline constexpr std::string_view kReceiptsFolder = "META-INF/receipts/";
inline constexpr std::string_view kLogKeysMember = "META-INF/receipts/logs.vkey";
inline constexpr std::string_view kRecordSuffix = ".json";
inline constexpr std::string_view kProofSuffix = ".tlog-proof";

/// "META-INF/receipts/007-ContentHandover", without a suffix. `number` counts from 1.
[[nodiscard]] std::string receipt_stem(std::size_t number, EvidenceEvent event);

/// What a receipt's member name says.
struct ReceiptName {
  std::size_t number = 0;
  EvidenceEvent event = EvidenceEvent::submission_acceptance;
  bool is_proof = false;  ///< else it is the record
};

/// Nothing for any name that receipt_stem() and a suffix do not give.
[[nodiscard]] std::optional<ReceiptName> parse_receipt_name(std::string_view member);

}  // namespace tram::evidence
