#include "tramd/daemon.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iostream>
#include <sstream>

#include "console/health.h"
#include "tramd/alarm_message.h"
#include "tramd/durable_file.h"
#include "tramd/last_words.h"
#include "trust/certificate.h"
#include "trust/ed25519.h"

namespace tram::daemon {
namespace {

constexpr const char* kVersion = "0.1.0";
constexpr Duration kLinkWatch = std::chrono::seconds(5);

Result<std::vector<trust::CertificatePtr>> read_certificates(const Result<std::string>& pem,
                                                             const std::string& key) {
  if (!pem) return pem.error();
  auto bundle = trust::Certificate::read_pem_bundle(*pem);
  if (!bundle) {
    Error error = bundle.error();
    error.field = key;
    return error;
  }
  return *bundle;
}

}  // namespace

Daemon::Daemon(Config config) : config_(std::move(config)) {}

Daemon::~Daemon() = default;

Result<void> Daemon::start() {
  for (const auto step : {&Daemon::open_log, &Daemon::load_keys, &Daemon::open_stores, &Daemon::open_webhook,
                          &Daemon::start_node, &Daemon::start_server, &Daemon::start_console}) {
    if (auto done = (this->*step)(); !done) {
      if (log_) log_->write(LogLevel::error, "start failed", done.error());
      stop_within(std::chrono::milliseconds(0));
      return done;
    }
  }
  log_->write(LogLevel::info, "ready",
              {{LogField::node, config_.node.code.text()},
               {LogField::address, config_.listen.grpc.text()},
               {LogField::version, kVersion}});
  watch_links();
  return {};
}

Result<std::string> Daemon::read_text(const std::filesystem::path& file) const {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  if (!in || !(out << in.rdbuf())) {
    return failure(ErrorCode::not_found, "FILE_UNREADABLE", "cannot read " + file.string(),
                   "check the path and its permissions");
  }
  return out.str();
}

Result<void> Daemon::open_log() {
  LogOptions options;
  options.file = config_.logging.file;
  options.level = log_level_from(config_.logging.level).value_or(LogLevel::info);
  options.rotate_bytes = config_.logging.rotate_bytes;
  options.rotate_files = config_.logging.rotate_files;
  auto log = EventLog::open(clock_, options);
  if (!log) return log.error();
  log_ = std::move(*log);
  metrics_ = std::make_unique<console::Metrics>(kVersion, config_.node.code.text());
  events_ = std::make_unique<Events>(clock_, *log_, *metrics_);
  grpc_log_ = std::make_unique<transport::GrpcLog>(
      [this](const transport::GrpcLine& line) { events_->grpc_said(line); });
  const auto on_fault = [this](std::string_view what) {
    log_->write(LogLevel::error, "defect", {{LogField::detail, what}});
    log_->flush(std::chrono::milliseconds(1000));
  };
  workers_ = std::make_unique<PoolExecutor>(config_.workers, on_fault);
  timers_ = std::make_unique<AsioTimers>(io_, *workers_);
  io_work_ = std::make_unique<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>>(
      io_.get_executor());
  io_thread_ = std::thread([this] { io_.run(); });
  return {};
}

Result<void> Daemon::load_keys() {
  auto roots = read_certificates(read_text(config_.trust.roots), "trust.roots");
  if (!roots) return roots.error();
  if (!config_.trust.intermediates.empty()) {
    auto intermediates = read_certificates(read_text(config_.trust.intermediates), "trust.intermediates");
    if (!intermediates) return intermediates.error();
    intermediates_ = std::move(*intermediates);
  }
  verifier_ = std::make_unique<DocumentVerifier>(*roots, intermediates_);
  auto seals = SealRing::load(config_, *verifier_);
  if (!seals) return seals.error();
  seals_ = std::move(*seals);
  auto pem = read_text(config_.log.key);
  if (!pem) return pem.error();
  auto key = trust::Ed25519PrivateKey::from_pem(*pem);
  if (!key) return key.error();
  auto signer = log::NoteSigner::make(config_.log.origin, std::move(*key));
  if (!signer) return signer.error();
  log_key_ = std::move(*signer);
  return {};
}

Result<void> Daemon::open_stores() {
  auto restoration = Restoration::look(config_.node.data.string(), config_.log.origin);
  if (!restoration) return restoration.error();
  restoration_ = std::move(*restoration);
  auto disk = store::DataDisk::open(config_.node.data.string(), config_.disk.reserve_bytes);
  if (!disk) return disk.error();
  disk_ = std::move(*disk);
  store::ContentOptions limits;
  limits.upload_quota = config_.limits.upload_bytes_per_client;
  limits.on_upload = [this](std::uint64_t bytes) { metrics_->uploaded(bytes); };
  auto contents = store::FileContentStore::open((config_.node.data / "content").string(), limits);
  if (!contents) return contents.error();
  contents_ = std::move(*contents);
  // What a failed sync left behind is unknown: the process ends, its supervisor starts it, recovery looks.
  const auto on_failure = [this](const Error& error) {
    leave_last_words(config_.node.data, clock_.now(), error);
    log_->write(LogLevel::error, "store failed", error);
    log_->flush(std::chrono::milliseconds(1000));
    std::cerr << "tramd: " << error.text_for_log() << '\n';
    std::_Exit(70);
  };
  store::SqliteOptions database{*contents_, on_failure, config_.log.origin};
  database.on_commit = [this](std::size_t units, Duration took) { metrics_->committed(units, took); };
  database.on_schema_copy = [this](const store::SchemaCopy& copy) { return keep_way_back(copy); };
  auto messages =
      store::SqliteMessageStore::open((config_.node.data / "messages").string(), std::move(database));
  if (!messages) return messages.error();
  messages_ = std::move(*messages);
  const auto is_used = [this](const std::string& container) {
    return messages_->retention().use_of(container).messages > 0;
  };
  if (auto counted = contents_->count_unused(is_used); !counted) return counted;
  disk_->opened();
  if (auto begun = restoration_.begin_epoch(*messages_, config_.node.code, clock_.now()); !begun)
    return begun;
  keep_seal_certificates();
  return {};
}

// What the older program needs beside the database to know that it works on a copy.
Result<void> Daemon::keep_way_back(const store::SchemaCopy& copy) {
  const Bytes origin =
      store::write_backup_origin({config_.node.code.text(), config_.log.origin, clock_.now(), copy.log_size});
  if (auto kept = replace_file(std::filesystem::path(copy.folder) / store::kBackupFile, origin); !kept)
    return kept;
  log_->write(
      LogLevel::info, "store copied before an upgrade",
      {{LogField::detail, copy.folder},
       {LogField::remedy, "delete it when the new program has proven itself; README says how to go back"}});
  return {};
}

// Peers ask for the certificates of what we sealed, and exports contain them.
void Daemon::keep_seal_certificates() {
  for (const trust::CertificatePtr& certificate : seals_->certificates()) {
    static_cast<void>(verifier_->learn(certificate->der()));
    messages_->submit(
        [certificate](exchange::Transaction& transaction) -> Result<void> {
          transaction.put_certificate(certificate->sha256(), Bytes(certificate->der()));
          return {};
        },
        [](const Result<void>&) {});
  }
}

exchange::Settings Daemon::settings() const {
  exchange::Settings out;
  out.node = config_.node.code;
  out.authoritative = config_.node.authoritative;
  out.log_origin = config_.log.origin;
  out.checkpoint_interval = config_.log.checkpoint_interval;
  out.inline_limit = config_.limits.inline_bytes;
  out.restored = restoration_.restored();
  const auto quota = [](const QuotaConfig& one) {
    return exchange::Quota{one.documents_per_minute, one.bytes_in_flight};
  };
  out.quotas.each = quota(config_.quota);
  for (const QuotaConfig& one : config_.quotas_for) out.quotas.of[{one.agency, one.system}] = quota(one);
  out.alarms.link_down = std::chrono::seconds(config_.alarms.link_down_seconds);
  out.alarms.inbox_not_collected = std::chrono::minutes(config_.alarms.inbox_minutes);
  out.patience = std::chrono::minutes(config_.delivery.patience_minutes);
  out.retry_first = std::chrono::milliseconds(config_.delivery.retry_first_ms);
  out.retry_cap = std::chrono::seconds(config_.delivery.retry_cap_seconds);
  out.limits.attachment_bytes = config_.limits.attachment_bytes;
  out.limits.recipients = config_.limits.message_recipients;
  out.limits.attachments = config_.limits.message_attachments;
  const auto days = [](std::uint32_t count) { return std::chrono::hours(24) * count; };
  out.retention.content = days(config_.retention.content_days);
  out.retention.record = days(config_.retention.record_days);
  out.retention.abandoned_upload = days(config_.retention.abandoned_upload_days);
  out.disk.low = config_.disk.low_bytes;
  for (const LinkConfig& link : config_.links) {
    out.links.push_back({link.name, link.node, link.prefixes, link.certificate.sha256});
  }
  for (const KnownLogConfig& known : config_.known_logs) {
    auto key = log::VerifierKey::parse(known.vkey);
    if (key) out.known_logs.insert({known.node, {std::move(*key), known.agencies}});
  }
  for (const AliasConfig& alias : config_.aliases) out.aliases[alias.old] = alias.code;
  for (const CertificateRef& registrar : config_.registrars) out.registrars.push_back(registrar.sha256);
  return out;
}

// Alarms reach it from the first one on.
Result<void> Daemon::open_webhook() {
  if (config_.alarms.webhook.empty()) return {};
  auto url = parse_webhook_url(config_.alarms.webhook);
  if (!url) return url.error();
  webhook_ = std::make_unique<Webhook>(io_, std::move(*url), WebhookOptions(),
                                       [this](std::string_view event, const std::string& detail) {
                                         log_->write(LogLevel::warning, event, {{LogField::detail, detail}});
                                       });
  events_->forward_alarms([this](const Alarm& alarm, exchange::AlarmChange change) {
    if (change == exchange::AlarmChange::restored && alarm.acknowledged_at) return;  // somebody has seen it
    webhook_->post(alarm_message(config_.node.code.text(), alarm, change));
  });
  return {};
}

void Daemon::watch_for_alarms() {
  if (const auto words = take_last_words(config_.node.data))
    node_->alarms().raise(AlarmKind::store_failed, "messages", *words);
  certificates_ = std::make_unique<CertificateWatch>(config_, clock_, *timers_, node_->alarms());
  certificates_->start();
}

Result<void> Daemon::start_node() {
  auto certificate = read_text(config_.tls.certificate);
  auto key = read_text(config_.tls.key);
  auto roots = read_text(config_.tls.roots);
  for (const auto* file : {&certificate, &key, &roots}) {
    if (!*file) return file->error();
  }
  transport::PeerOptions options;
  options.certificate = *certificate;
  options.key = *key;
  options.roots = *roots;
  options.node = config_.node.code;
  options.inline_limit = config_.limits.inline_bytes;
  for (const LinkConfig& link : config_.links) {
    options.links[link.name] = {link.address.text(), link.certificate.sha256};
  }
  events_->keep_reconciled_by(
      [this](const auto& owed, const auto& lost) { return restoration_.keep_reconciled(owed, lost); });
  peers_ = std::make_unique<transport::GrpcPeers>(options, *contents_, *workers_, *timers_, clock_);
  node_ = exchange::make_node(
      settings(), {clock_, *workers_, *timers_, *messages_, *contents_, *seals_, *verifier_,
                   signature_reader_, *peers_, *events_, *log_key_, contents_.get(), disk_.get()});
  const auto learn_mappings = [this] { verifier_->set_mappings(node_->registrations()); };
  registry_watch_ = node_->on_registry_change(learn_mappings);
  node_->start();
  learn_mappings();
  watch_for_alarms();
  return {};
}

Result<void> Daemon::start_server() {
  transport::ServerOptions options;
  options.address = config_.listen.grpc.text();
  auto certificate = read_text(config_.tls.certificate);
  auto key = read_text(config_.tls.key);
  auto roots = read_text(config_.tls.roots);
  for (const auto* file : {&certificate, &key, &roots}) {
    if (!*file) return file->error();
  }
  options.certificate = *certificate;
  options.key = *key;
  options.roots = *roots;
  for (const trust::CertificatePtr& one : intermediates_) options.intermediates.emplace_back(one->der());
  options.memory_bytes = config_.limits.memory_bytes;
  options.node_name = config_.node.name;
  options.version = kVersion;
  options.log_vkey = log_key_->verifier().vkey();
  for (const LinkConfig& link : config_.links) options.link_addresses[link.name] = link.address.text();
  backups_ = std::make_unique<store::NodeBackup>(config_.node.data.string(), config_.node.code.text(),
                                                 config_.log.origin, *messages_, *contents_, clock_);
  options.backups = backups_.get();
  options.on_refused_caller = [this](const transport::RefusedCaller& caller, const Error& error) {
    events_->caller_refused(caller, error);
  };
  auto server = transport::Server::start(options, *node_, *contents_, *workers_, *timers_, clock_);
  if (!server) return server.error();
  server_ = std::move(*server);
  return {};
}

Result<void> Daemon::start_console() {
  console::HttpOptions options;
  options.address = config_.listen.http.host;
  options.port = config_.listen.http.port;
  options.beyond_loopback = config_.listen.http_beyond_loopback;
  const auto readiness = [this]() -> std::vector<std::string> {
    if (node_->is_draining()) return {"node: draining"};
    return {};
  };
  auto server =
      console::HttpServer::start(io_, clock_, options, console::health_routes(readiness, *metrics_));
  if (!server) return server.error();
  console_ = std::move(*server);
  return {};
}

// The waiting counts are read off the hot path.
void Daemon::watch_links() {
  link_watch_ = std::make_unique<Repeated>(*timers_, kLinkWatch, [this] {
    for (const exchange::LinkState& link : node_->links())
      metrics_->link_waiting(link.settings.name, link.waiting);
  });
  link_watch_->start();
}

void Daemon::stop() { stop_within(std::chrono::seconds(config_.grace_seconds)); }

void Daemon::stop_within(std::chrono::milliseconds grace) {
  if (log_) log_->write(LogLevel::info, "draining");
  const auto until = clock_.steady_now() + grace;
  const auto links_done = std::make_shared<std::promise<void>>();
  if (node_) node_->drain([links_done] { links_done->set_value(); });
  if (server_) {
    server_->drain();
    server_->shutdown(grace);
  }
  const Duration left = std::max<Duration>(until - clock_.steady_now(), Duration::zero());
  if (node_ && links_done->get_future().wait_for(left) != std::future_status::ready && log_)
    log_->write(LogLevel::warning, "stopping with answers outstanding");
  if (link_watch_) link_watch_->stop();
  if (certificates_) certificates_->stop();
  if (node_) node_->stop();
  console_.reset();
  registry_watch_.reset();
  if (peers_) peers_->shutdown();
  io_work_.reset();
  io_.stop();
  if (io_thread_.joinable()) io_thread_.join();
  if (workers_) workers_->shutdown();
  messages_.reset();  // commits and answers what was submitted
  server_.reset();
  link_watch_.reset();
  certificates_.reset();
  node_.reset();
  peers_.reset();
  contents_.reset();
  if (log_) {
    log_->write(LogLevel::info, "stopped");
    log_->flush(std::chrono::milliseconds(1000));
  }
}

}  // namespace tram::daemon
