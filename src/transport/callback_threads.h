// gRPC's threads for callbacks. For the sources of this folder.
#pragma once

namespace tram::transport {

/// Keeps them for the rest of the process. gRPC 1.51 ends them with the last channel or server that uses
/// callbacks; when a callback itself lets go of that channel, its thread would have to wait for its own end,
/// and uses a completion queue that is gone. Threads: any; only the first call does something.
void keep_callback_threads();

}  // namespace tram::transport
