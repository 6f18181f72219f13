// The composition root: the only place that knows the concrete parts and in which order they start and stop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "console/http_server.h"
#include "exchange/node.h"
#include "store/content/file_content_store.h"
#include "store/data_disk.h"
#include "store/node_backup.h"
#include "store/sqlite/sqlite_message_store.h"
#include "tramd/certificate_watch.h"
#include "tramd/config.h"
#include "tramd/events.h"
#include "tramd/executors.h"
#include "tramd/restoration.h"
#include "tramd/signatures.h"
#include "tramd/webhook.h"
#include "transport/peer_client.h"
#include "transport/server.h"

namespace tram::daemon {

/// One running node. One thread calls start(), drain() and stop(), in this order.
class Daemon {
 public:
  explicit Daemon(Config config);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Log → stores (recovered) → keys → node → server → console. Errors say what to do.
  [[nodiscard]] Result<void> start();
  /// Takes nothing new, tells peers and clients, and lets what is in flight finish for as long as [shutdown]
  /// says.
  void stop();

 private:
  void stop_within(std::chrono::milliseconds grace);
  [[nodiscard]] Result<void> open_log();
  [[nodiscard]] Result<void> open_stores();
  [[nodiscard]] Result<void> load_keys();
  [[nodiscard]] Result<void> start_node();
  [[nodiscard]] Result<void> start_server();
  [[nodiscard]] Result<void> start_console();
  void keep_seal_certificates();
  [[nodiscard]] Result<void> keep_way_back(const store::SchemaCopy& copy);
  [[nodiscard]] exchange::Settings settings() const;
  [[nodiscard]] Result<std::string> read_text(const std::filesystem::path& file) const;
  void watch_links();
  [[nodiscard]] Result<void> open_webhook();
  void watch_for_alarms();

  const Config config_;
  SystemClock clock_;
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<console::Metrics> metrics_;
  std::unique_ptr<Events> events_;
  std::unique_ptr<transport::GrpcLog> grpc_log_;
  boost::asio::io_context io_;
  std::unique_ptr<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> io_work_;
  std::thread io_thread_;
  std::unique_ptr<PoolExecutor> workers_;
  std::unique_ptr<AsioTimers> timers_;
  std::unique_ptr<store::DataDisk> disk_;
  std::unique_ptr<store::FileContentStore> contents_;
  std::vector<trust::CertificatePtr> intermediates_;
  std::unique_ptr<DocumentVerifier> verifier_;
  std::unique_ptr<SealRing> seals_;
  DocumentSignatureReader signature_reader_;
  std::optional<log::NoteSigner> log_key_;
  std::unique_ptr<transport::GrpcPeers> peers_;
  std::unique_ptr<exchange::Node> node_;  // outlives the message store: completions refer to it
  std::unique_ptr<store::SqliteMessageStore> messages_;
  Restoration restoration_;
  std::unique_ptr<store::NodeBackup> backups_;
  std::shared_ptr<void> registry_watch_;
  std::unique_ptr<transport::Server> server_;
  std::unique_ptr<console::HttpServer> console_;
  std::unique_ptr<Repeated> link_watch_;
  std::unique_ptr<Webhook> webhook_;
  std::unique_ptr<CertificateWatch> certificates_;
};

}  // namespace tram::daemon
