// The checks of a verdict by name, for its writers and its reader.
#pragma once

#include <array>
#include <string_view>

#include "model/verdict.h"

namespace tram::codec {

struct VerdictCheck {
  std::string_view name;
  CheckState Verdict::*state;
};

inline constexpr std::array<VerdictCheck, 9> kVerdictChecks{{
    {"signature", &Verdict::signature},
    {"certificate_binding", &Verdict::certificate_binding},
    {"chain", &Verdict::chain},
    {"validity", &Verdict::validity},
    {"key_usage", &Verdict::key_usage},
    {"speaks_for", &Verdict::speaks_for},
    {"revocation", &Verdict::revocation},
    {"time_stamp", &Verdict::time_stamp},
    {"pdf_signatures", &Verdict::pdf_signatures},
}};

}  // namespace tram::codec
