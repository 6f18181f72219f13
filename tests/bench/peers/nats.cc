// NATS JetStream: a stream in files whose messages go when they are acknowledged (as in the other queues),
// publish acknowledgements, explicit acknowledgements of a durable push consumer. One connection publishes,
// another consumes.
#include <nats/nats.h>

#include <string>

#include "tests/bench/ledger.h"
#include "tests/bench/payload.h"
#include "tests/bench/peers/peer_options.h"

namespace tram::bench {
namespace {

constexpr const char* kSubject = "documents";
constexpr const char* kStream = "DOCUMENTS";
constexpr const char* kConfirms = "confirms.";

void require(natsStatus status, const char* step) {
  if (status != NATS_OK)
    give_up(std::string("nats: ") + step + ": " + natsStatus_GetText(status) + "; " +
            nats_GetLastError(nullptr));
}

class Connection {
 public:
  explicit Connection(const PeerOptions& options) {
    const std::string url = "nats://" + options.host + ":" + std::to_string(options.port);
    require(natsConnection_ConnectTo(&connection_, url.c_str()), "connecting");
    require(natsConnection_JetStream(&jet_, connection_, nullptr), "finding JetStream");
  }
  ~Connection() {
    jsCtx_Destroy(jet_);
    natsConnection_Close(connection_);
    natsConnection_Destroy(connection_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] natsConnection* get() const { return connection_; }
  [[nodiscard]] jsCtx* jet() const { return jet_; }

 private:
  natsConnection* connection_ = nullptr;
  jsCtx* jet_ = nullptr;
};

void add_stream(const Connection& connection) {
  const char* subjects[] = {kSubject};
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  config.Name = kStream;
  config.Subjects = subjects;
  config.SubjectsLen = 1;
  config.Retention = js_WorkQueuePolicy;
  config.Storage = js_FileStorage;
  jsErrCode code{};
  require(js_AddStream(nullptr, connection.jet(), &config, nullptr, &code), "adding a stream");
}

// A publish acknowledgement is {"stream":…,"seq":…}; else it tells an error.
void on_confirm(natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
  const std::string text(natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message)));
  const std::string id = std::string(natsMsg_GetSubject(message)).substr(std::string(kConfirms).size());
  static_cast<Ledger*>(closure)->answered(id, text.find("\"error\"") == std::string::npos, text);
  natsMsg_Destroy(message);
}

void on_message(natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
  auto& ledger = *static_cast<Ledger*>(closure);
  const std::string id =
      id_of_payload({natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))});
  jsMsgMetaData* facts = nullptr;
  require(natsMsg_GetMetaData(&facts, message), "reading a message's metadata");
  ledger.delivered(id, id, facts->NumDelivered > 1);
  jsMsgMetaData_Destroy(facts);
  require(natsMsg_Ack(message, nullptr), "acknowledging");
  ledger.acknowledged(id);
  natsMsg_Destroy(message);
}

void publish_all(const PeerOptions& options, const Connection& connection, Ledger& ledger) {
  const auto deadline = Clock::now() + std::chrono::seconds(options.seconds);
  while (const auto id = ledger.next(deadline)) {
    const std::string payload = payload_of(*id, options.bytes);
    require(natsConnection_PublishRequest(connection.get(), kSubject, (kConfirms + *id).c_str(),
                                          payload.data(), static_cast<int>(payload.size())),
            "publishing");
  }
}

natsSubscription* await_confirms(const Connection& connection, Ledger& ledger) {
  natsSubscription* out = nullptr;
  require(natsConnection_Subscribe(&out, connection.get(), (std::string(kConfirms) + "*").c_str(), on_confirm,
                                   &ledger),
          "subscribing to confirms");
  require(natsSubscription_SetPendingLimits(out, -1, -1), "lifting limits");
  return out;
}

natsSubscription* consume(const PeerOptions& options, const Connection& connection, Ledger& ledger) {
  jsSubOptions how;
  jsSubOptions_Init(&how);
  how.Stream = kStream;
  how.ManualAck = true;
  how.Config.Durable = "recipient";
  how.Config.AckPolicy = js_AckExplicit;
  how.Config.MaxAckPending = options.in_flight;
  natsSubscription* out = nullptr;
  jsErrCode code{};
  require(js_Subscribe(&out, connection.jet(), kSubject, on_message, &ledger, nullptr, &how, &code),
          "consuming");
  require(natsSubscription_SetPendingLimits(out, -1, -1), "lifting limits");
  return out;
}

void run(const PeerOptions& options, Ledger& ledger) {
  const Connection publishing(options), consuming(options);
  add_stream(publishing);
  natsSubscription* confirms = await_confirms(publishing, ledger);
  natsSubscription* documents = consume(options, consuming, ledger);
  publish_all(options, publishing, ledger);
  ledger.wait_done(Clock::now() + std::chrono::seconds(options.drain_seconds));
  natsConnection_Flush(consuming.get());
  natsSubscription_Destroy(documents);
  natsSubscription_Destroy(confirms);
}

}  // namespace
}  // namespace tram::bench

int main(int argc, char** argv) {
  using namespace tram::bench;
  const PeerOptions options = parse_peer_options(argc, argv);
  Ledger ledger(options.in_flight, 0, false);
  run(options, ledger);
  const int code = report(ledger.summary());
  nats_Close();
  return code;
}
