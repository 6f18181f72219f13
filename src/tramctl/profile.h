// A profile: which node to speak to, as whom, and what to trust when verifying. One TOML file:
//
//   address = "127.0.0.1:7443"         # of the node, host:port
//   certificate = "client.pem"         # of the TLS client; paths are relative to the file
//   key = "client.key"                 # readable by its owner alone
//   roots = "roots.pem"                # CA certificates that the node's TLS certificate leads to
//   agency = "H52.01"                  # who sends and receives; not needed by operators and auditors
//   node_name = "localhost"            # the name in the node's TLS certificate, if not the address's host
//   trust_roots = ["roots.pem"]        # CA certificates for signatures on documents
//   intermediates = ["agencies.pem"]   # CA certificates that help to reach them
//   log_keys = ["H52=log.vkey"]        # nodes' log keys, for evidence: [NODE[,PREFIX...]=]FILE or VKEY
//
//   [[mapping]]                        # any number: a signing certificate that speaks for an agency although
//   certificate = "9f86d081…"          # it does not say so itself; its SHA-256
//   agency = "H52.01"
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/agency_code.h"
#include "tramctl/mapping.h"

namespace tram::client {

struct Profile {
  std::string file;
  std::string address;
  std::string certificate, key, roots;  ///< absolute or relative to the working directory
  AgencyCode agency;
  std::string node_name;
  std::vector<std::string> trust_roots, intermediates;
  std::vector<std::string> log_keys;  ///< for read_logs()
  std::vector<CertificateMapping> mappings;
};

/// Errors: FILE_UNREADABLE; PROFILE_INVALID with every cause, each naming file, line and key.
[[nodiscard]] Result<Profile> read_profile(const std::string& path);
/// The same from text; `path` is for messages and for relative paths. Whether files exist is not asked.
[[nodiscard]] Result<Profile> parse_profile(std::string_view text, const std::string& path);

}  // namespace tram::client
