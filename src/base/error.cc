#include "base/error.h"

#include <stdexcept>
#include <utility>

namespace tram {

std::string_view name(ErrorCode code) {
  switch (code) {
    case ErrorCode::cancelled:
      return "CANCELLED";
    case ErrorCode::invalid_argument:
      return "INVALID_ARGUMENT";
    case ErrorCode::not_found:
      return "NOT_FOUND";
    case ErrorCode::already_exists:
      return "ALREADY_EXISTS";
    case ErrorCode::permission_denied:
      return "PERMISSION_DENIED";
    case ErrorCode::resource_exhausted:
      return "RESOURCE_EXHAUSTED";
    case ErrorCode::failed_precondition:
      return "FAILED_PRECONDITION";
    case ErrorCode::aborted:
      return "ABORTED";
    case ErrorCode::unimplemented:
      return "UNIMPLEMENTED";
    case ErrorCode::internal:
      return "INTERNAL";
    case ErrorCode::unavailable:
      return "UNAVAILABLE";
    case ErrorCode::data_loss:
      return "DATA_LOSS";
    case ErrorCode::unauthenticated:
      return "UNAUTHENTICATED";
  }
  return "INTERNAL";
}

std::string Error::text() const {
  std::string out = field.empty() ? message : field + ": " + message;
  if (!remedy.empty()) out += " (" + remedy + ")";
  for (std::size_t i = 0; i < causes.size(); ++i) out += (i == 0 ? ": " : "; ") + causes[i].text();
  return out;
}

std::string Error::text_for_log() const {
  std::string out = place.empty() ? text() : place + ": " + text();
  for (const Error& cause : causes) {
    if (!cause.place.empty()) out += "; " + cause.place;
  }
  return out;
}

Error invalid(std::string field, std::string reason, std::string message, std::string remedy) {
  return {ErrorCode::invalid_argument, std::move(reason), std::move(message),
          std::move(remedy),           std::move(field),  {}};
}

Error failure(ErrorCode code, std::string reason, std::string message, std::string remedy) {
  return {code, std::move(reason), std::move(message), std::move(remedy), {}, {}};
}

void throw_exception_from_error(const Error& error, const boost::source_location& /*where*/) {
  throw std::runtime_error(error.text());
}

}  // namespace tram
