#include "tests/bench/receiver.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <thread>

#include "tram/v1/exchange.grpc.pb.h"

namespace tram::bench {
namespace {

constexpr unsigned kCredits = 512;

// "sender/id/recipient" → "id".
std::string id_of(const std::string& delivery_id) {
  const std::size_t first = delivery_id.find('/');
  return delivery_id.substr(first + 1, delivery_id.rfind('/') - first - 1);
}

}  // namespace

struct Receiver::State {
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::Exchange::Stub> stub;
  Ledger& ledger;
  const bool statuses;
  std::mutex mutex;  // guards context
  grpc::ClientContext* context = nullptr;
  std::atomic<bool> stopping{false};
  std::thread thread;

  // Adds what is to be said of it to the next frame.
  void take(const v1::ReceiveResponse& one, v1::ReceiveRequest& frame) {
    if (one.has_delivery()) {
      const v1::Delivery& delivery = one.delivery();
      if (!statuses)
        ledger.delivered(id_of(delivery.delivery_id()), delivery.delivery_id(), delivery.redelivered());
      frame.add_more()->set_acknowledge(delivery.delivery_id());
    } else if (one.has_acknowledged()) {
      statuses ? ledger.status_received()
               : ledger.acknowledged(id_of(one.acknowledged()), one.acknowledged());
    }
  }

  void one_stream() {
    grpc::ClientContext mine;
    {
      const std::lock_guard lock(mutex);
      if (stopping) return;
      context = &mine;
    }
    const auto stream = stub->Receive(&mine);
    v1::ReceiveRequest request;
    request.mutable_open()->set_credits(kCredits);
    request.mutable_open()->set_together(true);
    bool usable = stream->Write(request);
    v1::ReceiveResponse response;
    while (usable && stream->Read(&response)) {
      request.Clear();
      take(response, request);
      for (const v1::ReceiveResponse& one : response.more()) take(one, request);
      const auto deliveries = static_cast<unsigned>(request.more_size());
      if (deliveries == 0) continue;
      request.set_credits(deliveries);
      usable = stream->Write(request);
    }
    {
      const std::lock_guard lock(mutex);
      context = nullptr;
    }
    mine.TryCancel();
    stream->Finish();
  }

  void run() {
    while (!stopping) {
      one_stream();
      channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
    }
  }
};

Receiver::Receiver(const ClientOptions& client, const std::string& roots, Ledger& ledger, bool statuses) {
  auto channel = connect(client, roots);
  auto stub = v1::Exchange::NewStub(channel);
  state_.reset(new State{std::move(channel), std::move(stub), ledger, statuses, {}, nullptr, {false}, {}});
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

bool Receiver::wait_connected(Clock::time_point deadline) {
  return state_->channel->WaitForConnected(std::chrono::system_clock::now() + (deadline - Clock::now()));
}

Receiver::~Receiver() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    if (state_->context != nullptr) state_->context->TryCancel();
  }
  state_->thread.join();
}

}  // namespace tram::bench
