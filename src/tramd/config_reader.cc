#include "tramd/config_reader.h"

#include <algorithm>
#include <map>
#include <thread>

#include "log/note.h"
#include "model/message_rules.h"
#include "tramd/config_section.h"
#include "tramd/webhook.h"

namespace tram::daemon {
namespace {

namespace fs = std::filesystem;
using Severity = Problem::Severity;

bool is_link_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 && name.front() != '-' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

void read_node(Section section, NodeConfig& node) {
  node.code = section.agency("code");
  node.name = section.text("name").value_or("");
  node.data = section.path("data");
  std::error_code ignored;
  if (!node.data.empty() && fs::exists(node.data, ignored) && !fs::is_directory(node.data, ignored))
    section.error("data", node.data.string() + " is not a folder", "name a folder, or one to be created");
  node.authoritative = section.agencies("authoritative", false, false);
  section.finish();
}

void read_listen(Section section, ListenConfig& listen) {
  listen.grpc = section.endpoint("grpc", {"127.0.0.1", 7443}, false);
  listen.http = section.endpoint("http", {"127.0.0.1", 7480}, false);
  section.boolean("http_beyond_loopback", listen.http_beyond_loopback);
  if (!listen.http_beyond_loopback && !is_loopback(listen.http.host))
    section.error("http", listen.http.host + " can be reached by others, and HTTP here has no authentication",
                  "listen on 127.0.0.1, or set http_beyond_loopback = true behind a firewall");
  if (listen.grpc == listen.http && listen.grpc.port != 0)
    section.error("http", "is the same address as grpc", "choose another port");
  section.finish();
}

void read_tls_and_trust(Section tls, Section trust, Config& config) {
  config.tls.certificate = tls.pem("certificate", Pem::certificate);
  config.tls.key = tls.pem("key", Pem::key);
  config.tls.roots = tls.pem("roots", Pem::certificate);
  tls.finish();
  config.trust.roots = trust.pem("roots", Pem::certificate);
  config.trust.intermediates = trust.pem("intermediates", Pem::certificate, false);
  trust.finish();
}

void read_log(Section section, LogConfig& log) {
  log.key = section.pem("key", Pem::key);
  log.origin = section.text("origin").value_or("");
  if (log.origin.size() > tram::log::kMaxKeyName || log.origin.find_first_of(" \t\r\n+") != std::string::npos)
    section.error("origin", "has white space or '+', or is longer than 255 bytes",
                  "write a name like tram.sonla.gov.vn/log");
  std::int64_t interval = log.checkpoint_interval.count();
  section.number("checkpoint_interval_ms", interval, 1, 60'000, "milliseconds");
  log.checkpoint_interval = std::chrono::milliseconds(interval);
  section.finish();
}

void read_seals(Section& root, Config& config) {
  Section own = root.section("seal_of_node");
  config.seal_of_node.agency = config.node.code;
  config.seal_of_node.key = own.pem("key", Pem::key);
  config.seal_of_node.certificate = own.pem("certificate", Pem::certificate);
  own.finish();
  std::map<AgencyCode, std::uint32_t> seen;
  root.each("seal", [&](Section section) {
    SealConfig seal;
    seal.agency = section.agency("agency");
    if (!seal.agency.empty()) section.once("agency", seen, seal.agency, seal.agency.text());
    seal.key = section.pem("key", Pem::key);
    seal.certificate = section.pem("certificate", Pem::certificate);
    section.finish();
    config.seals.push_back(std::move(seal));
  });
}

void read_registrars(Section& root, Config& config) {
  std::map<Digest, std::uint32_t> seen;
  root.each("registrar", [&](Section section) {
    CertificateRef certificate = section.certificate("certificate");
    if (!certificate.sha256.is_zero())
      section.once("certificate", seen, certificate.sha256, "this certificate");
    section.finish();
    config.registrars.push_back(std::move(certificate));
  });
}

/// What may appear once over all links.
struct SeenInLinks {
  std::map<std::string, std::uint32_t> names;
  std::map<AgencyCode, std::uint32_t> nodes, prefixes;
  std::map<Digest, std::uint32_t> certificates;
};

void check_link(Section& section, const LinkConfig& link, const NodeConfig& node, SeenInLinks& seen) {
  if (!link.name.empty() && !is_link_name(link.name))
    section.error("name", "\"" + link.name + "\" is not a link name",
                  "use at most 32 lower-case letters, digits and '-'");
  if (!link.name.empty()) section.once("name", seen.names, link.name, "\"" + link.name + "\"");
  if (!link.node.empty()) section.once("node", seen.nodes, link.node, link.node.text());
  if (!link.node.empty() && link.node == node.code)
    section.error("node", "is this node itself", "write the peer's code");
  for (const AgencyCode& prefix : link.prefixes) {
    const std::string shown = prefix.empty() ? "\"*\"" : prefix.text();
    section.once("prefixes", seen.prefixes, prefix, shown);
    if (std::find(node.authoritative.begin(), node.authoritative.end(), prefix) != node.authoritative.end())
      section.error("prefixes", shown + " is also in node.authoritative", "keep one of the two");
  }
  if (!link.certificate.sha256.is_zero())
    section.once("certificate", seen.certificates, link.certificate.sha256, "this certificate");
}

void read_links(Section& root, Config& config) {
  SeenInLinks seen;
  root.each("link", [&](Section section) {
    LinkConfig link;
    link.name = section.text("name").value_or("");
    link.node = section.agency("node");
    link.address = section.endpoint("address", {}, true);
    link.prefixes = section.agencies("prefixes", true, true);
    link.certificate = section.certificate("certificate");
    check_link(section, link, config.node, seen);
    section.finish();
    config.links.push_back(std::move(link));
  });
}

/// From `vkey` or from the first line of `vkey_file`; empty if wrong, which is reported.
std::string read_vkey(Section& section) {
  std::optional<std::string> vkey = section.text("vkey", false);
  const fs::path file = section.path("vkey_file", false);
  const std::string_view key = file.empty() ? "vkey" : "vkey_file";
  if (section.has("vkey") == section.has("vkey_file")) {
    section.error("vkey", "exactly one of vkey and vkey_file is needed", "write the one, remove the other");
    return {};
  }
  if (!file.empty()) vkey = section.contents(key, file, std::nullopt);
  if (!vkey) return {};
  while (vkey->ends_with('\n') || vkey->ends_with('\r')) vkey->pop_back();
  if (const auto parsed = tram::log::VerifierKey::parse(*vkey); !parsed) {
    section.error(key, parsed.error().message, "copy the other node's log.vkey as it is");
    return {};
  }
  return std::move(*vkey);
}

void read_known_logs(Section& root, Config& config) {
  std::map<AgencyCode, std::uint32_t> seen;
  root.each("known_log", [&](Section section) {
    KnownLogConfig known;
    known.node = section.agency("node");
    if (!known.node.empty()) section.once("node", seen, known.node, known.node.text());
    known.vkey = read_vkey(section);
    known.agencies = section.agencies("agencies", false, false);
    if (!section.has("agencies") && !known.node.empty()) known.agencies = {known.node};
    section.finish();
    config.known_logs.push_back(std::move(known));
  });
}

void read_limits(Section section, LimitsConfig& limits) {
  constexpr std::int64_t kMiB = 1 << 20, kTiB = kMiB << 20;
  constexpr MessageLimits most;  // of the format: no node takes more, and no log entry holds more
  section.number("inline_bytes", limits.inline_bytes, 0, 3 * kMiB, "bytes");  // a gRPC message ends at 4 MiB
  section.number("attachment_bytes", limits.attachment_bytes, 1, kTiB, "bytes");
  section.number("message_recipients", limits.message_recipients, 1, most.recipients, "recipients");
  section.number("message_attachments", limits.message_attachments, 0, most.attachments, "attachments");
  section.number("upload_bytes_per_client", limits.upload_bytes_per_client, 64 << 10, 16 * kTiB, "bytes");
  section.number("memory_bytes", limits.memory_bytes, 64LL << 20, kTiB, "bytes");
  section.finish();
}

void read_delivery(Section section, DeliveryConfig& delivery) {
  section.number("patience_minutes", delivery.patience_minutes, 1, 525'600, "minutes");
  section.number("retry_first_ms", delivery.retry_first_ms, 10, 60'000, "milliseconds");
  section.number("retry_cap_seconds", delivery.retry_cap_seconds, 1, 3'600, "seconds");
  section.finish();
}

void read_quota(Section& section, QuotaConfig& quota) {
  section.number("documents_per_minute", quota.documents_per_minute, 1, 10'000'000, "documents");
  section.number("bytes_in_flight", quota.bytes_in_flight, 1 << 20, std::int64_t{1} << 40, "bytes");
  section.finish();
}

/// What [[quota_for]] leaves out is as in [quota].
void read_quotas(Section& root, Config& config) {
  Section each = root.section("quota");
  read_quota(each, config.quota);
  std::map<std::pair<AgencyCode, std::string>, std::uint32_t> seen;
  root.each("quota_for", [&](Section section) {
    QuotaConfig quota = config.quota;
    quota.agency = section.agency("agency");
    quota.system = section.text("system", false).value_or("");
    if (!quota.agency.empty())
      section.once("agency", seen, std::pair(quota.agency, quota.system),
                   quota.agency.text() + (quota.system.empty() ? "" : " with this system"));
    read_quota(section, quota);
    config.quotas_for.push_back(std::move(quota));
  });
}

void read_alarms(Section section, AlarmsConfig& alarms) {
  section.number("link_down_seconds", alarms.link_down_seconds, 1, 604'800, "seconds");
  section.number("inbox_minutes", alarms.inbox_minutes, 1, 525'600, "minutes");
  section.number("certificate_days", alarms.certificate_days, 1, 3'650, "days");
  alarms.webhook = section.text("webhook", false).value_or("");
  if (!alarms.webhook.empty()) {
    const auto url = parse_webhook_url(alarms.webhook);
    if (!url) section.error("webhook", url.error().message, url.error().remedy);
    if (url && !is_loopback(url->address))
      section.warning("webhook", "alarms leave this machine unencrypted",
                      "send them to a forwarder on 127.0.0.1 that speaks TLS");
  }
  section.finish();
}

void read_retention(Section section, RetentionConfig& retention) {
  constexpr std::int64_t kDays = 36'500;
  section.number("content_days", retention.content_days, 1, kDays, "days");
  // A message signed 30 days ago is still taken: what is older than that by a day is known for certain.
  section.number("record_days", retention.record_days, 32, kDays, "days");
  section.number("abandoned_upload_days", retention.abandoned_upload_days, 1, kDays, "days");
  if (retention.record_days < retention.content_days)
    section.error("record_days", "is less than content_days",
                  "keep messages at least as long as their contents");
  section.finish();
}

void read_disk(Section section, DiskConfig& disk) {
  constexpr std::int64_t kTiB = std::int64_t{1} << 40;
  section.number("low_bytes", disk.low_bytes, 0, kTiB, "bytes");
  section.number("reserve_bytes", disk.reserve_bytes, 0, kTiB, "bytes");
  if (disk.reserve_bytes > disk.low_bytes && section.has("reserve_bytes"))
    section.error("reserve_bytes", "is more than low_bytes",
                  "let new work be refused before the reserve is used");
  section.finish();
}

void read_logging(Section section, LoggingConfig& logging) {
  logging.file = section.path("file", false);
  if (const auto level = section.text("level", false)) {
    section.one_of("level", *level, {"debug", "info", "warning", "error"});
    logging.level = *level;
  }
  section.number("rotate_bytes", logging.rotate_bytes, 1 << 16, std::int64_t{1} << 40, "bytes");
  section.number("rotate_files", logging.rotate_files, 1, 1'000, "files");
  section.finish();
}

void read_aliases(Section& root, Config& config) {
  std::map<AgencyCode, std::uint32_t> seen;
  root.each("alias", [&](Section section) {
    AliasConfig alias{section.agency("old"), section.agency("code")};
    if (!alias.old.empty()) section.once("old", seen, alias.old, alias.old.text());
    if (!alias.old.empty() && alias.old == alias.code)
      section.error("code", "is the same code as old", "old forms are read without an alias: remove it");
    section.finish();
    config.aliases.push_back(std::move(alias));
  });
}

/// What only the whole shows.
void cross_check(Reading& reading, const Config& config) {
  const auto warn = [&](std::string key, std::string message, std::string remedy) {
    reading.add(Severity::warning, 0, std::move(key), std::move(message), std::move(remedy));
  };
  for (const AliasConfig& alias : config.aliases)
    for (const AliasConfig& next : config.aliases)
      if (!alias.code.empty() && alias.code == next.old)
        reading.add(Severity::error, 0, "alias",
                    alias.old.text() + " leads to " + alias.code.text() + ", itself an alias",
                    "name the code in use now");
  for (const SealConfig& seal : config.seals)
    if (!seal.agency.empty() &&
        std::none_of(config.node.authoritative.begin(), config.node.authoritative.end(),
                     [&](const AgencyCode& prefix) { return seal.agency.within(prefix); }))
      warn("seal", seal.agency.text() + " is not within node.authoritative", "check the code");
  for (const LinkConfig& link : config.links)
    if (!link.node.empty() && std::none_of(config.known_logs.begin(), config.known_logs.end(),
                                           [&](const KnownLogConfig& k) { return k.node == link.node; }))
      warn("known_log", "none for " + link.node.text() + ": its receipts cannot be verified",
           "add [[known_log]] with its log.vkey");
  if (config.registrars.empty())
    warn("registrar", "there is none: nobody can register agencies", "add [[registrar]]");
}

Config read_all(Reading& reading, const toml::table& table) {
  Config config;
  config.file = reading.file;
  Section root(reading, &table, "", "");
  read_node(root.section("node"), config.node);
  read_listen(root.section("listen"), config.listen);
  Section tls = root.section("tls");
  read_tls_and_trust(std::move(tls), root.section("trust"), config);
  read_log(root.section("log"), config.log);
  read_seals(root, config);
  read_registrars(root, config);
  read_links(root, config);
  read_known_logs(root, config);
  read_limits(root.section("limits"), config.limits);
  read_retention(root.section("retention"), config.retention);
  read_disk(root.section("disk"), config.disk);
  read_delivery(root.section("delivery"), config.delivery);
  read_quotas(root, config);
  read_alarms(root.section("alarms"), config.alarms);
  read_logging(root.section("logging"), config.logging);
  Section threads = root.section("threads");
  config.workers = std::clamp(std::thread::hardware_concurrency(), 1U, 256U);
  threads.number("workers", config.workers, 1, 256, "threads");
  threads.finish();
  Section shutdown = root.section("shutdown");
  shutdown.number("grace_seconds", config.grace_seconds, 0, 3'600, "seconds");
  shutdown.finish();
  read_aliases(root, config);
  root.finish();
  cross_check(reading, config);
  return config;
}

/// toml++ is built to throw: the one place that catches.
std::optional<toml::table> parse(Reading& reading, std::string_view text) {
  try {
    return toml::parse(text, reading.file.string());
  } catch (const toml::parse_error& error) {
    reading.add(Severity::error, error.source().begin.line, "", std::string(error.description()),
                "correct the TOML there; the rest was not looked at");
    return std::nullopt;
  }
}

}  // namespace

std::string ConfigReading::report() const {
  std::string out;
  std::size_t errors = 0;
  for (const Problem& problem : problems) {
    errors += problem.severity == Severity::error ? 1 : 0;
    out += problem.text() + "\n";
  }
  if (config) out += summary(*config);
  const auto count = [](std::size_t n, const char* what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
  };
  return out + count(errors, "error") + ", " + count(problems.size() - errors, "warning") + "\n";
}

ConfigReading read_config_text(std::string_view text, const fs::path& file) {
  Reading reading;
  reading.file = fs::absolute(file).lexically_normal();
  const auto table = parse(reading, text);
  Config config;
  if (table) config = read_all(reading, *table);
  ConfigReading out{std::nullopt, std::move(reading.problems)};
  std::stable_sort(out.problems.begin(), out.problems.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
  const bool failed = std::any_of(out.problems.begin(), out.problems.end(),
                                  [](const Problem& p) { return p.severity == Severity::error; });
  if (!failed) out.config = std::move(config);
  return out;
}

ConfigReading read_config(const fs::path& file) {
  Result<std::string> text = read_small_file(file);
  if (text) return read_config_text(*text, file);
  return {std::nullopt,
          {{Severity::error, file.string(), 0, "", text.error().message,
            "name a TOML file; see deploy/tramd.toml"}}};
}

std::vector<std::string> known_keys() {
  Reading reading;
  reading.enumerate = true;
  (void)read_all(reading, toml::table{});
  return reading.keys;
}

}  // namespace tram::daemon
