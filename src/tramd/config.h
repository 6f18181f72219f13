// What one configuration file says: plain values, already validated. deploy/tramd.toml explains every key.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.h"
#include "model/agency_code.h"

namespace tram::daemon {

/// A host (name or IP literal, without brackets) and a TCP port.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;  ///< 0, for listening alone: the system chooses

  [[nodiscard]] std::string text() const;  ///< "host:port"; "[host]:port" for IPv6
  bool operator==(const Endpoint&) const = default;
};

/// [node]: who this node is.
struct NodeConfig {
  AgencyCode code;
  std::string name;                       ///< for people, e.g. "Sơn La"
  std::filesystem::path data;             ///< folder of the store; created at start
  std::vector<AgencyCode> authoritative;  ///< prefixes whose every agency is known here or does not exist
};

/// [listen]
struct ListenConfig {
  Endpoint grpc;
  Endpoint http;
  bool http_beyond_loopback = false;  ///< allow `http` to be an address others can reach
};

/// [tls]: this node's own identity as server and as client, and whose certificates it accepts at all.
struct TlsConfig {
  std::filesystem::path certificate, key, roots;  ///< PEM
};

/// [trust]: anchors of document signatures.
struct TrustConfig {
  std::filesystem::path roots;          ///< PEM bundle
  std::filesystem::path intermediates;  ///< PEM bundle; empty: none
};

/// [log]: the node's transparency log.
struct LogConfig {
  std::filesystem::path key;  ///< Ed25519, PEM
  std::string origin;         ///< the log's name, also its key's, e.g. "tram.sonla.gov.vn/log"
  std::chrono::milliseconds checkpoint_interval{250};
};

/// [seal_of_node] (agency = node.code) and [[seal]]: a signing key entrusted to this node.
struct SealConfig {
  AgencyCode agency;
  std::filesystem::path key, certificate;  ///< PEM
};

/// A certificate named by its PEM file or its fingerprint.
struct CertificateRef {
  Digest sha256;               ///< of the DER
  std::filesystem::path file;  ///< empty if named by fingerprint
};

/// [[link]]: a peer node and the agencies behind it.
struct LinkConfig {
  std::string name;  ///< lower-case letters, digits and '-', at most 32: a metric's label
  AgencyCode node;
  Endpoint address;
  std::vector<AgencyCode> prefixes;  ///< an empty code is "*", the default route
  CertificateRef certificate;        ///< the peer's TLS certificate
};

/// [[known_log]]: the key that another node's receipts are checked against.
struct KnownLogConfig {
  AgencyCode node;
  std::string vkey;                  ///< C2SP verifier key, one line, well formed
  std::vector<AgencyCode> agencies;  ///< prefixes whose consignments and hand-overs it may attest
};

/// [limits]: what one client, stream or message may take. Bytes and counts.
struct LimitsConfig {
  std::uint64_t inline_bytes = 1ULL << 20;      ///< attachments inside one message; larger ones go by Content
  std::uint64_t attachment_bytes = 4ULL << 30;  ///< one attachment
  std::uint32_t message_recipients = 1000;      ///< of one message
  std::uint32_t message_attachments = 100;      ///< of one message
  std::uint64_t upload_bytes_per_client = 16ULL << 30;  ///< uploaded, not yet referred to by a message;
                                                        ///< each counts for 64 KiB at least
  std::uint64_t memory_bytes = 256ULL << 20;  ///< of documents and of gRPC's buffers, at once, over all calls
};

/// [delivery]: how long and how often a peer that takes nothing is tried.
struct DeliveryConfig {
  std::uint32_t patience_minutes = 7 * 24 * 60;  ///< then its copies are given up
  std::uint32_t retry_first_ms = 100;            ///< doubles with each failed try
  std::uint32_t retry_cap_seconds = 300;
};

/// [quota] and [[quota_for]]: what one document system may send.
struct QuotaConfig {
  AgencyCode agency;   ///< of [[quota_for]] alone
  std::string system;  ///< likewise; empty: every system of the agency
  std::uint32_t documents_per_minute = 120'000;
  std::uint64_t bytes_in_flight = 128ULL << 20;  ///< submitted and not yet answered
};

/// [alarms]: when what is awry becomes an alarm, and who is told.
struct AlarmsConfig {
  std::uint32_t link_down_seconds = 300;
  std::uint32_t inbox_minutes = 24 * 60;  ///< a document waits in an inbox for so long
  std::uint32_t certificate_days = 30;    ///< a certificate ends within
  std::string webhook;                    ///< empty: none; else parse_webhook_url() takes it
};

/// [retention]: what is removed when. See exchange/housekeeper.h.
struct RetentionConfig {
  std::uint32_t content_days = 90;          ///< contents of finished messages
  std::uint32_t record_days = 3650;         ///< finished messages and their evidence
  std::uint32_t abandoned_upload_days = 7;  ///< uploads that no message took up
};

/// [disk]: what happens when it gets full. See exchange/disk_guard.h.
struct DiskConfig {
  std::uint64_t low_bytes = 1ULL << 30;       ///< below, new work is refused; or a twentieth of the disk
  std::uint64_t reserve_bytes = 64ULL << 20;  ///< kept for what was promised; or a fiftieth of the disk
};

/// [logging]
struct LoggingConfig {
  std::filesystem::path file;  ///< empty: stderr
  std::string level = "info";  ///< debug, info, warning, error
  std::uint64_t rotate_bytes = 64ULL << 20;
  std::uint32_t rotate_files = 8;  ///< old files kept
};

/// [[alias]]: a code that agencies still write, and the one that replaced it.
struct AliasConfig {
  AgencyCode old, code;
};

struct Config {
  std::filesystem::path file;  ///< where it was read
  NodeConfig node;
  ListenConfig listen;
  TlsConfig tls;
  TrustConfig trust;
  LogConfig log;
  SealConfig seal_of_node;
  std::vector<SealConfig> seals;
  std::vector<CertificateRef> registrars;
  std::vector<LinkConfig> links;
  std::vector<KnownLogConfig> known_logs;
  LimitsConfig limits;
  RetentionConfig retention;
  DiskConfig disk;
  DeliveryConfig delivery;
  QuotaConfig quota;
  std::vector<QuotaConfig> quotas_for;
  AlarmsConfig alarms;
  LoggingConfig logging;
  std::uint32_t grace_seconds = 30;  ///< [shutdown]: for what is in flight when the node is told to stop
  std::uint32_t workers = 1;         ///< threads that sign and verify; [threads] workers, default: the cores
  std::vector<AliasConfig> aliases;
};

/// One thing wrong with a configuration file, or doubtful.
struct Problem {
  enum class Severity : std::uint8_t { error, warning };
  Severity severity = Severity::error;
  std::string file;
  std::uint32_t line = 0;  ///< from 1; 0: the file as a whole
  std::string key;         ///< e.g. "link[1].address" (counted from 0); may be empty
  std::string message;     ///< what is wrong
  std::string remedy;      ///< what to do

  /// "tramd.toml:12: error: link[1].address: message; remedy"
  [[nodiscard]] std::string text() const;
};

/// "host:port" or "[ipv6]:port". INVALID_ARGUMENT, ENDPOINT_MALFORMED.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text);

/// True for 127.0.0.0/8, ::1 and "localhost".
[[nodiscard]] bool is_loopback(std::string_view host);

/// What a person checks before starting the node: a line a fact, no secrets.
[[nodiscard]] std::string summary(const Config& config);

}  // namespace tram::daemon
