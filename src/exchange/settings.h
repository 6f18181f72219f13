// What one node is told: its place in the network and its limits. Plain values, validated by who makes them.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exchange/lost_messages.h"
#include "log/note.h"
#include "model/message_rules.h"
#include "model/registry.h"

namespace tram::exchange {

/// A peer and the agencies behind it. An empty prefix is "*", the default route.
struct LinkSettings {
  std::string name;
  AgencyCode node;
  std::vector<AgencyCode> prefixes;
  Digest certificate;  ///< of the peer's TLS certificate
};

/// Another node's log, and the agencies whose consignments and hand-overs it may attest.
struct KnownLog {
  log::VerifierKey key;
  std::vector<AgencyCode> agencies;
};

/// The data come from a backup.
struct Restored {
  Timestamp taken_at;
  Timestamp lacks_since;          ///< before `taken_at`: what was under way then may be missing, too
  std::string former_origin;      ///< of the log that the copy was taken of
  std::uint64_t log_size = 0;     ///< its entries in the copy
  bool reconciled = false;        ///< in an earlier run
  std::vector<std::string> owed;  ///< then: links whose peers have not handed back all the same
  LostMessages lost;              ///< then: what peers had named
};

/// When what is awry becomes an alarm.
struct AlarmSettings {
  Duration interval = std::chrono::seconds(5);            ///< between two looks
  Duration link_down = std::chrono::minutes(5);           ///< a link is away for so long
  Duration inbox_not_collected = std::chrono::hours(24);  ///< a document waits in an inbox for so long
};

/// What one document system may send.
struct Quota {
  std::uint32_t documents_per_minute = 120'000;
  std::uint64_t bytes_in_flight = 128 << 20;  ///< of submissions not yet answered
};

struct QuotaSettings {
  Quota each;
  /// Other ones, by agency and system; an empty system stands for every system of the agency.
  std::map<std::pair<AgencyCode, std::string>, Quota> of;
};

/// How long what is kept: see housekeeper.h.
struct RetentionSettings {
  Duration content = std::chrono::hours(24 * 90);          ///< contents of finished messages
  Duration record = std::chrono::hours(24 * 3650);         ///< finished messages and their evidence
  Duration abandoned_upload = std::chrono::hours(24 * 7);  ///< that no message took up
  Duration interval = std::chrono::hours(1);               ///< between looks; zero: nothing is pruned
  Duration clock_settling =
      std::chrono::hours(1);  ///< the clock has run evenly so long, else nothing is pruned
};

/// When new work is refused: see disk_guard.h. In bytes.
struct DiskSettings {
  std::uint64_t low = 1 << 30;  ///< or a twentieth of the disk, if that is less
  Duration look = std::chrono::seconds(1);
};

struct Settings {
  AgencyCode node;
  std::vector<AgencyCode> authoritative;  ///< every agency within these is registered here or does not exist
  std::string log_origin;
  std::vector<LinkSettings> links;
  std::map<AgencyCode, KnownLog> known_logs;  ///< by the node's code
  std::vector<Digest> registrars;             ///< TLS certificates that are registrars by configuration
  std::map<AgencyCode, AgencyCode> aliases;   ///< codes that agencies still write → what replaced them
  MessageLimits limits;
  std::uint64_t inline_limit = 1 << 20;  ///< bytes of attachments inside one message
  std::uint32_t batch_bytes = 1 << 20;   ///< of one relay frame
  std::size_t batch_items = 64;
  std::size_t link_window = 512;  ///< items sent on a link and not yet answered
  Duration checkpoint_interval = std::chrono::milliseconds(250);
  std::optional<Restored> restored;
  Duration clock_tolerance = std::chrono::minutes(5);     ///< between a signing time and the accepting clock
  Duration replay_window = std::chrono::hours(24 * 30);   ///< older messages are refused
  Duration retry_first = std::chrono::milliseconds(100);  ///< doubles with each failed try
  Duration retry_cap = std::chrono::minutes(5);
  AlarmSettings alarms;
  QuotaSettings quotas;
  RetentionSettings retention;
  DiskSettings disk;
  Duration patience = std::chrono::hours(24 * 7);  ///< with a peer that takes nothing; then a dead letter
};

}  // namespace tram::exchange
