#include "transport/environment.h"

#include <cstdlib>

namespace tram::transport {

void prepare_grpc_environment() { ::setenv("GRPC_SSL_CIPHER_SUITES", "PSK-AES256-GCM-SHA384", 1); }  // NOLINT(concurrency-mt-unsafe): before the first thread

}  // namespace tram::transport
