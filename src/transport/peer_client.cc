#include "transport/peer_client.h"

#include "transport/grpc_status.h"
#include "transport/peer_calls.h"
#include "transport/peer_channels.h"
#include "transport/peer_listing.h"
#include "transport/peer_relay.h"
#include "transport/peer_upload.h"

namespace tram::transport {
namespace {

class NoStream final : public exchange::PeerStream {
 public:
  void send(std::uint64_t, std::vector<exchange::HopItem>) override {}
  void send_certificates(const std::vector<Bytes>&) override {}
  void finish() override {}
};

Error unknown_link(const std::string& link) {
  return failure(ErrorCode::not_found, "LINK_UNKNOWN", "there is no link " + link, "see the configuration");
}

}  // namespace

class GrpcPeers::Parts : public std::enable_shared_from_this<Parts> {
 public:
  Parts(PeerOptions options, exchange::ContentStore& contents, Executor& workers, Timers& timers,
        const Clock& clock)
      : options_(named(std::move(options))), contents_(contents), workers_(workers), calls_(timers, clock) {}

  std::unique_ptr<exchange::PeerStream> open(const std::string& link, exchange::Lane lane,
                                             std::shared_ptr<exchange::PeerStreamEvents> events) {
    const auto found = options_.links.find(link);
    if (found != options_.links.end())
      return open_relay(options_, found->second, lane, calls_, std::move(events));
    events->closed(unknown_link(link));
    return std::make_unique<NoStream>();
  }

  void upload(const std::string& link, const Attachment& attachment,
              const exchange::ContentLocation& location, std::function<void(Result<void>)> done) {
    const auto found = options_.links.find(link);
    if (found == options_.links.end()) return done(unknown_link(link));
    auto watched = [self = shared_from_this(), link, done = std::move(done)](const Result<void>& result) {
      if (!result) self->forget(link);
      done(result);
    };
    begin_upload({found->second, channel(link, found->second), attachment, location, std::move(watched)},
                 contents_, workers_, calls_);
  }

  void list_held(const std::string& link, Timestamp since, std::int64_t after,
                 std::function<void(Result<exchange::HeldPage>)> done) {
    const auto found = options_.links.find(link);
    if (found == options_.links.end()) return done(unknown_link(link));
    auto watched = [self = shared_from_this(), link,
                    done = std::move(done)](Result<exchange::HeldPage> page) {
      if (!page) self->forget(link);
      done(std::move(page));
    };
    begin_listing({found->second, channel(link, found->second), since, after, std::move(watched)}, calls_);
  }

  void shutdown() { calls_.close(); }

 private:
  static PeerOptions named(PeerOptions options) {
    for (auto& [name, link] : options.links) link.name = name;
    return options;
  }

  // Uploads and lists of one link share a connection, which relay streams do not use: a large file must not
  // stand in the way of small messages.
  std::shared_ptr<grpc::Channel> channel(const std::string& name, const PeerLink& link) {
    const std::lock_guard lock(mutex_);
    auto& channel = channels_[name];
    if (!channel) channel = make_channel(options_, link);
    return channel;
  }

  // After a failure the next call connects at once instead of waiting for the channel's pause to pass.
  void forget(const std::string& link) {
    const std::lock_guard lock(mutex_);
    channels_.erase(link);
  }

  const PeerOptions options_;
  exchange::ContentStore& contents_;
  Executor& workers_;
  PeerCalls calls_;
  std::mutex mutex_;  // guards channels_
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
};

GrpcPeers::GrpcPeers(PeerOptions options, exchange::ContentStore& contents, Executor& workers, Timers& timers,
                     const Clock& clock)
    : parts_(std::make_shared<Parts>(std::move(options), contents, workers, timers, clock)) {}

GrpcPeers::~GrpcPeers() { shutdown(); }

std::unique_ptr<exchange::PeerStream> GrpcPeers::open(const std::string& link, exchange::Lane lane,
                                                      std::shared_ptr<exchange::PeerStreamEvents> events) {
  return parts_->open(link, lane, std::move(events));
}

void GrpcPeers::upload(const std::string& link, const Attachment& attachment,
                       const exchange::ContentLocation& location, std::function<void(Result<void>)> done) {
  parts_->upload(link, attachment, location, std::move(done));
}

void GrpcPeers::list_held(const std::string& link, Timestamp since, std::int64_t after,
                          std::function<void(Result<exchange::HeldPage>)> done) {
  parts_->list_held(link, since, after, std::move(done));
}

void GrpcPeers::shutdown() { parts_->shutdown(); }

}  // namespace tram::transport
