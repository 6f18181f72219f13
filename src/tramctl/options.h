// What the command line says, as plain values: a struct for each command.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tram::client {

/// For every command.
struct GlobalOptions {
  std::string profile;  ///< a path; empty: the environment's TRAM_PROFILE
  bool json = false;
  bool progress = false;  ///< also when standard error is no terminal
};

/// Who at the agency stands behind a message.
struct StaffOptions {
  std::string department, staff, email, mobile;
};

/// How a message is handed to the node.
struct SubmitOptions {
  std::string id;         ///< empty: a new UUID version 7
  std::string sign_with;  ///< the agency's signing key; empty: the node seals
  std::string certificate;
  unsigned retry_for = 60;  ///< seconds
};

struct SendOptions {
  SubmitOptions submit;
  StaffOptions staff;
  std::vector<std::string> files, to;
  std::string subject, content, number, notation, type, priority = "thường", deliver_by;
  unsigned type_number = 0, steering = 0;
  std::string place, date, signer_name, signer_position, competence, due_date;
  std::string business = "new", reason, application_type;
  std::vector<std::string> references, response_for, to_places, reference_codes;
  bool paper_follows = false;
};

struct ReceiveOptions {
  std::string dir;
  bool wait = false;
  unsigned limit = 0;              ///< 0: no limit
  std::vector<std::string> roots;  ///< empty: the profile's trust_roots
  std::vector<std::string> mappings;
  unsigned retry_for = 60;  ///< seconds; without end if `wait`
};

struct InboxOptions {
  std::string dir;       ///< may be empty unless `local`
  bool local = false;    ///< the node is not asked
  unsigned limit = 100;  ///< of what waits at the node; 0: no limit
};

struct StatusOptions {
  SubmitOptions submit;
  StaffOptions staff;
  std::string message, code, description, sender, dir, time, priority = "thường";
};

struct TrackOptions {
  std::string message, until;
  bool timing = false;
  unsigned timeout = 60;  ///< seconds
};

struct ExportOptions {
  std::string message, dir;
  std::string attachments;  ///< folder to take them from; empty: the node has them
};

struct VerifyOptions {
  std::string file;
  std::vector<std::string> roots, intermediates, log_keys, mappings;
};

struct DeliveriesOptions {
  std::string state;
  unsigned limit = 100;
};

struct BackupOptions {
  std::string dir;
};

struct DeliveryForwardOptions {
  std::string delivery;  ///< SENDER/ID/RECIPIENT
  std::string to;
  std::string reason;
};

struct DeliveryActOptions {
  std::string delivery;  ///< SENDER/ID/RECIPIENT
  std::string reason;
};

struct AlarmOptions {
  std::string kind, subject;
};

struct GoOnOptions {
  std::string without, reason;
};

struct RegistryAddOptions {
  std::string certificate, agency, system, inbox;
  std::vector<std::string> roles, signers;
};

struct RegistryRevokeOptions {
  std::string certificate;  ///< 64 hexadecimal digits, or a PEM file
};

struct NoOptions {};

}  // namespace tram::client
