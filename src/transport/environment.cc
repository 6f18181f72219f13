#include "transport/environment.h"

#include <cstdlib>

namespace tram::transport {

void prepare_grpc_environment() {
  // The process has one thread so far.
  ::setenv("GRPC_SSL_CIPHER_SUITES", "PSK-AES256-GCM-SHA384", 1);  // NOLINT(concurrency-mt-unsafe)
}

}  // namespace tram::transport
