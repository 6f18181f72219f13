#include "transport/peer_channels.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>

#include "transport/callback_threads.h"
#include "transport/callers.h"
#include "transport/limits.h"
#include "trust/certificate.h"

namespace tram::transport {

std::shared_ptr<grpc::Channel> make_channel(const PeerOptions& options, const PeerLink& link) {
  keep_callback_threads();
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = options.roots;
  tls.pem_private_key = options.key;
  tls.pem_cert_chain = options.certificate;
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const std::uint64_t most =
      std::max<std::uint64_t>(options.inline_limit, options.max_batch_bytes) + kMessageSlack;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(std::min<std::uint64_t>(most, 1 << 30)));
  arguments.SetMaxSendMessageSize(-1);  // the peer's limit counts
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kStreamWindow);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);  // who sends knows when to try again
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  // How long one attempt may take, in gRPC's words. Not less than the hello's deadline: a slow line or a busy
  // peer that needs longer than this would never be reached.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS,
                   static_cast<int>(std::chrono::milliseconds(kHelloDeadline).count()));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5'000);
  return grpc::CreateCustomChannel(link.address, grpc::SslCredentials(tls), arguments);
}

Result<void> check_peer(const std::shared_ptr<const grpc::AuthContext>& connection, const PeerLink& link) {
  const std::string pem = connection ? peer_certificate(*connection) : std::string();
  const auto digest = trust::sha256_fingerprint_of_pem(pem);
  if (digest && *digest == link.certificate) return {};
  return failure(ErrorCode::permission_denied, "WRONG_CERTIFICATE",
                 link.address + " presents " +
                     (digest ? "the certificate sha256:" + digest->hex() : "no certificate") +
                     ", the link names sha256:" + link.certificate.hex(),
                 "make sure who answers there, then correct the link's certificate in the configuration");
}

Error ended_early() { return failure(ErrorCode::unavailable, "STREAM_ENDED", "the peer ended the stream"); }

}  // namespace tram::transport
