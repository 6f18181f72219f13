#include "model/verdict.h"

namespace tram {

bool Verdict::good() const {
  for (const CheckState required : {signature, certificate_binding, chain, validity, key_usage, speaks_for}) {
    if (required != CheckState::good) return false;
  }
  for (const CheckState optional : {revocation, time_stamp, pdf_signatures}) {
    if (optional == CheckState::bad) return false;
  }
  return causes.empty();
}

std::string Verdict::who() const {
  const std::string how = by_mapping ? ", by explicit mapping" : "";
  switch (signed_by) {
    case SignedBy::agency:
      return "signed by the agency " + agency.text() + how;
    case SignedBy::seal:
      return "sealed by node " + node.text() + " for the agency " + agency.text() + how;
    case SignedBy::node:
      return "sealed by node " + node.text() + " itself for " + agency.text() + how;
  }
  return "?";
}

std::string_view name(CheckState state) {
  switch (state) {
    case CheckState::not_checked:
      return "not checked";
    case CheckState::good:
      return "good";
    case CheckState::bad:
      return "bad";
  }
  return "?";
}

std::string_view name(TimeBasis basis) {
  switch (basis) {
    case TimeBasis::none:
      return "none";
    case TimeBasis::accepting_clock:
      return "accepting clock";
    case TimeBasis::time_stamp:
      return "time-stamp";
    case TimeBasis::accepting_log:
      return "accepting log";
    case TimeBasis::arrival:
      return "arrival";
  }
  return "?";
}

}  // namespace tram
