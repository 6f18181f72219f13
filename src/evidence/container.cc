#include "evidence/container.h"

#include <charconv>

namespace tram::evidence {

std::string receipt_stem(std::size_t number, EvidenceEvent event) {
  std::string digits = std::to_string(number);
  if (digits.size() < 3) digits.insert(0, 3 - digits.size(), '0');
  return std::string(kReceiptsFolder) + digits + "-" + std::string(name(event));
}

std::optional<ReceiptName> parse_receipt_name(std::string_view member) {
  if (!member.starts_with(kReceiptsFolder)) return std::nullopt;
  const std::string_view file = member.substr(kReceiptsFolder.size());
  const auto dash = file.find('-');
  const auto dot = file.find('.');
  if (dash == std::string_view::npos || dot == std::string_view::npos || dash > dot) return std::nullopt;
  ReceiptName out;
  const auto read = std::from_chars(file.data(), file.data() + dash, out.number);
  const auto event = evidence_event_from(file.substr(dash + 1, dot - dash - 1));
  if (read.ec != std::errc() || !event) return std::nullopt;
  out.event = *event;
  out.is_proof = file.substr(dot) == kProofSuffix;
  const std::string_view suffix = out.is_proof ? kProofSuffix : kRecordSuffix;
  // Written again it must be the same: no second spelling of a number or suffix.
  if (receipt_stem(out.number, out.event).append(suffix) != member) return std::nullopt;
  return out;
}

}  // namespace tram::evidence
