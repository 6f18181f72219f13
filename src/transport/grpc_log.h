// What gRPC itself has to say: of a connection that fails in TLS nobody else hears.
#pragma once

#include <functional>
#include <string>

namespace tram::transport {

struct GrpcLine {
  bool handshake_failed = false;  ///< a TLS handshake, as server or as client
  std::string source;             ///< file and line of gRPC
  std::string text;
};

/// Hears gRPC's errors instead of the process's stderr, as long as it lives; one at a time in a process.
class GrpcLog {
 public:
  /// Any thread, also gRPC's with its locks held: must not block, throw or call gRPC. Whoever connects may
  /// make it very many.
  using Listener = std::function<void(const GrpcLine& line)>;
  explicit GrpcLog(Listener listener);
  ~GrpcLog();
  GrpcLog(const GrpcLog&) = delete;
  GrpcLog& operator=(const GrpcLog&) = delete;
};

}  // namespace tram::transport
