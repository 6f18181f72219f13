// Reads single protobuf fields into model values; what is wrong leaves a cause. For the sources of this
// folder.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/sha256.h"
#include "codec/causes.h"
#include "model/agency_code.h"

namespace tram::codec {

using RepeatedTexts = google::protobuf::RepeatedPtrField<std::string>;

/// Either form; "" is no agency and no error.
[[nodiscard]] AgencyCode read_agency(const std::string& text, const std::string& field, Causes& causes);
/// None, and a cause, beyond `limit`.
[[nodiscard]] std::vector<AgencyCode> read_agencies(const RepeatedTexts& texts, const std::string& field,
                                                    std::size_t limit, Causes& causes);
[[nodiscard]] std::vector<std::string> read_texts(const RepeatedTexts& texts, const std::string& field,
                                                  std::size_t limit, Causes& causes);
/// yyyy-mm-dd; "" is none.
[[nodiscard]] std::optional<std::chrono::year_month_day> read_date(const std::string& text,
                                                                   const std::string& field, Causes& causes);
/// RFC 3339 in UTC; "" is none.
[[nodiscard]] std::optional<Timestamp> read_time(const std::string& text, const std::string& field,
                                                 Causes& causes);
/// Exactly 32 bytes.
[[nodiscard]] Digest read_digest(const std::string& bytes, const std::string& field, Causes& causes);
/// True if `count` keeps to `limit`; else leaves a cause.
[[nodiscard]] bool within_limit(int count, std::size_t limit, const std::string& field, Causes& causes);

/// "field[i]"
[[nodiscard]] std::string numbered(const std::string& field, int i);

}  // namespace tram::codec
