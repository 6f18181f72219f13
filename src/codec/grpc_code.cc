#include "codec/grpc_code.h"

#include <array>
#include <utility>

namespace tram::codec {
namespace {

constexpr std::array<std::pair<ErrorCode, int>, 13> kCodes{{
    {ErrorCode::cancelled, 1},
    {ErrorCode::invalid_argument, 3},
    {ErrorCode::not_found, 5},
    {ErrorCode::already_exists, 6},
    {ErrorCode::permission_denied, 7},
    {ErrorCode::resource_exhausted, 8},
    {ErrorCode::failed_precondition, 9},
    {ErrorCode::aborted, 10},
    {ErrorCode::unimplemented, 12},
    {ErrorCode::internal, 13},
    {ErrorCode::unavailable, 14},
    {ErrorCode::data_loss, 15},
    {ErrorCode::unauthenticated, 16},
}};
constexpr int kDeadlineExceeded = 4;
constexpr int kOutOfRange = 11;

}  // namespace

int grpc_code(ErrorCode code) {
  for (const auto& [known, number] : kCodes) {
    if (known == code) return number;
  }
  return grpc_code(ErrorCode::internal);
}

ErrorCode error_code_from_grpc(int code) {
  if (code == kDeadlineExceeded) return ErrorCode::unavailable;
  if (code == kOutOfRange) return ErrorCode::invalid_argument;
  for (const auto& [known, number] : kCodes) {
    if (number == code) return known;
  }
  return ErrorCode::internal;
}

}  // namespace tram::codec
