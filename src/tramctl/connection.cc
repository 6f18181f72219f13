#include "tramctl/connection.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <openssl/crypto.h>
#include <sys/stat.h>

#include <cstdlib>

#include "codec/status_proto.h"
#include "tramctl/trust_files.h"

namespace tram::client {
namespace {

// A node takes pings as often as every 10 s; a connection that died without a word is noticed within 40 s.
constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kMaxReceive = 16 << 20;
constexpr int kMaxReconnectMs = 5000;

Result<grpc::SslCredentialsOptions> credentials(const Profile& profile) {
  grpc::SslCredentialsOptions out;
  const auto read = [](const std::string& path, std::string& into) -> Result<void> {
    Result<std::string> text = read_file(path);
    if (!text) return text.error();
    into = std::move(*text);
    return {};
  };
  struct stat about {};
  if (::stat(profile.key.c_str(), &about) == 0 && (about.st_mode & S_IROTH) != 0)
    return failure(ErrorCode::failed_precondition, "KEY_FILE_EXPOSED",
                   profile.key + " can be read by every user of this machine", "chmod 600 " + profile.key);
  if (auto done = read(profile.roots, out.pem_root_certs); !done) return done.error();
  if (auto done = read(profile.certificate, out.pem_cert_chain); !done) return done.error();
  if (auto done = read(profile.key, out.pem_private_key); !done) return done.error();
  return out;
}

grpc::ChannelArguments arguments(const Profile& profile) {
  grpc::ChannelArguments out;
  if (!profile.node_name.empty()) out.SetSslTargetNameOverride(profile.node_name);
  out.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  out.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  out.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  out.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxReconnectMs);
  out.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  out.SetMaxReceiveMessageSize(kMaxReceive);
  return out;
}

// gRPC says "failed to connect to all addresses; last error: UNKNOWN: …": what counts is the end.
std::string last_error(const std::string& message) {
  constexpr std::string_view kLast = "last error: ", kUnknown = "UNKNOWN: ";
  const std::size_t at = message.find(kLast);
  std::string out = at == std::string::npos ? message : message.substr(at + kLast.size());
  if (out.starts_with(kUnknown)) out.erase(0, kUnknown.size());
  return out;
}

}  // namespace

void set_grpc_environment() {
  // The process has one thread so far. A failed call says why in its status: gRPC itself need not.
  ::setenv("GRPC_SSL_CIPHER_SUITES", "PSK-AES256-GCM-SHA384", 1);  // NOLINT(concurrency-mt-unsafe)
  ::setenv("GRPC_VERBOSITY", "NONE", 0);                           // NOLINT(concurrency-mt-unsafe)
}

Result<Connection> connect(const Profile& profile) {
  Result<grpc::SslCredentialsOptions> options = credentials(profile);
  if (!options) return options.error();
  const auto tls = grpc::SslCredentials(*options);
  OPENSSL_cleanse(options->pem_private_key.data(), options->pem_private_key.size());
  const grpc::ChannelArguments args = arguments(profile);
  return Connection{grpc::CreateCustomChannel(profile.address, tls, args),
                    grpc::CreateCustomChannel(profile.address, tls, args)};
}

Error error_of(const grpc::Status& status) {
  Error out = codec::error_from_status(status.error_code(), status.error_message(), status.error_details());
  const bool is_of_the_node = !status.error_details().empty();
  if (out.code == ErrorCode::unavailable && !is_of_the_node) {
    out.message = "the node cannot be reached: " + last_error(out.message);
    out.remedy =
        "see that the node runs at the profile's address, and that roots and node_name fit its certificate";
  }
  return out;
}

}  // namespace tram::client
