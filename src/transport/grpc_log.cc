#include "transport/grpc_log.h"

#include <grpc/support/log.h>

#include <mutex>
#include <string_view>
#include <utility>

namespace tram::transport {
namespace {

// gRPC takes a plain function: what that hears is the process's.
std::mutex mutex;  // guards what follows
GrpcLog::Listener listening;

GrpcLine read(const gpr_log_func_args& said) {
  std::string_view file(said.file);
  if (const auto slash = file.rfind('/'); slash != std::string_view::npos) file.remove_prefix(slash + 1);
  GrpcLine line;
  line.source = std::string(file) + ":" + std::to_string(said.line);
  line.text = said.message;
  // ssl_transport_security.cc: "Handshake failed with fatal error SSL_ERROR_SSL: error:…"
  line.handshake_failed = line.text.starts_with("Handshake failed");
  return line;
}

void hear(gpr_log_func_args* said) {
  if (said->severity != GPR_LOG_SEVERITY_ERROR) return;
  const GrpcLine line = read(*said);
  const std::lock_guard lock(mutex);
  if (listening) listening(line);
}

}  // namespace

GrpcLog::GrpcLog(Listener listener) {
  {
    const std::lock_guard lock(mutex);
    listening = std::move(listener);
  }
  gpr_set_log_function(hear);
}

GrpcLog::~GrpcLog() {
  gpr_set_log_function(nullptr);  // as gRPC had it
  const std::lock_guard lock(mutex);
  listening = {};
}

}  // namespace tram::transport
