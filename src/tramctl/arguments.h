// Words of the command line as values. Errors are INVALID_ARGUMENT; `option` names the option at fault.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "model/message.h"

namespace tram::client {

/// "0" to "4", or the Vietnamese or English name in any case, with blanks or hyphens, with or without
/// diacritics: "hỏa tốc", "hoả-tốc", "hoa-toc", "express".
[[nodiscard]] Result<Priority> priority_from(std::string_view text, const std::string& option = "--priority");
/// "new", "recall", "update", "replace".
[[nodiscard]] Result<BusinessKind> business_from(std::string_view text);
/// "03" or "3".
[[nodiscard]] Result<StatusCode> status_from(std::string_view text);
[[nodiscard]] Result<AgencyCode> agency_from(std::string_view text, const std::string& option);
/// "SENDER/ID", or "ID" of `sender` unless that is empty.
[[nodiscard]] Result<MessageKey> key_from(std::string_view text, const AgencyCode& sender,
                                          const std::string& option);
/// "AGENCY/ID", where the id may be of another system and hold slashes.
[[nodiscard]] Result<ResponseFor> response_from(std::string_view text);
/// RFC 3339 with "Z" or an offset like "+07:00".
[[nodiscard]] Result<Timestamp> time_from(std::string_view text, const std::string& option);
/// yyyy-mm-dd.
[[nodiscard]] Result<std::chrono::year_month_day> date_from(std::string_view text, const std::string& option);

/// The media type (RFC 6838) of a file's name by its extension; application/octet-stream if unknown.
[[nodiscard]] std::string media_type_of(std::string_view name);

/// True for an error of the command line itself: exit code 2.
[[nodiscard]] bool is_usage(const Error& error);
/// Makes it one.
[[nodiscard]] Error usage(Error error);

}  // namespace tram::client
