// Errors are values: every fallible function returns Result<T>, and an Error says what to do next.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tram {

/// What kind of failure it was. The names and meanings are those of the gRPC status codes
/// (google.rpc.Code), so that one table maps them on the wire and nowhere else.
enum class ErrorCode {
  cancelled,
  invalid_argument,  ///< malformed, whatever the state of the system
  not_found,
  already_exists,       ///< an id used again with other content
  permission_denied,    ///< who asks is known, and may not
  resource_exhausted,   ///< over a quota or limit; retry later, nothing was promised
  failed_precondition,  ///< signatures and policy
  aborted,
  unimplemented,
  internal,     ///< a defect or a broken environment; see the node's log
  unavailable,  ///< nothing was stored; retry the same id
  data_loss,    ///< stored bytes do not match what was promised
  unauthenticated,
};

/// The code's gRPC spelling, e.g. "INVALID_ARGUMENT".
[[nodiscard]] std::string_view name(ErrorCode code);

/// One failure with the causes below it. Copyable value, free of secrets: all but `place` may be shown to the
/// peer.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string reason;         ///< stable machine word in UPPER_SNAKE_CASE (google.rpc.ErrorInfo.reason)
  std::string message;        ///< one sentence for a person: what is wrong
  std::string remedy;         ///< one sentence for a person: what to do; may be empty
  std::string field;          ///< the field or configuration key at fault, e.g. "recipients[2]"; may be empty
  std::vector<Error> causes;  ///< every cause found, not only the first
  /// Of resource_exhausted and unavailable: how long to wait before the next try; zero if that is not known.
  std::chrono::milliseconds retry_after{0};
  /// For this node's own log and operator: the file, and what the system said of it. Never sent; may be
  /// empty.
  std::string place{};

  /// "message (remedy): cause; cause", on one line; what a client may read.
  [[nodiscard]] std::string text() const;
  /// The same behind the place and the causes' places: "place: message …". For the node's own log alone.
  [[nodiscard]] std::string text_for_log() const;
};

template <class T>
using Result = boost::system::result<T, Error>;

/// A malformed field: INVALID_ARGUMENT naming it.
[[nodiscard]] Error invalid(std::string field, std::string reason, std::string message,
                            std::string remedy = {});

/// A failure of any other kind.
[[nodiscard]] Error failure(ErrorCode code, std::string reason, std::string message, std::string remedy = {});

/// Thrown by Result<T>::value() on an error: only for start-up and for tests.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace tram
