// Exchange.Receive: credits in, deliveries out, acknowledgements in, words that they are durable out.
#pragma once

#include <tram/v1/exchange.pb.h>

#include <deque>
#include <string>
#include <unordered_set>

#include "transport/bidi_stream.h"
#include "transport/budget.h"

namespace tram::transport {

/// The client's credits are passed to the node a few at a time, as deliveries are written: what a slow client
/// has not read does not pile up here. The node's stream is let go of as soon as the call is over, and with
/// it its claims.
class ReceiveStream final : public BidiStream<v1::ReceiveRequest, v1::ReceiveResponse> {
 public:
  using BidiStream::BidiStream;
  void drain() override;

 protected:
  void on_read(v1::ReceiveRequest& request) override;
  void read_on() override;
  void on_half_close() override;
  void on_written(const v1::ReceiveResponse& response) override;
  void on_over() override;

 private:
  class Events;
  void open(const v1::ReceiveRequest::Open& request);
  void add_credits(std::uint32_t credits);
  void grant();
  void acknowledge(const std::string& id);
  void end_if_due();

  bool has_room();
  [[nodiscard]] bool full() const;  // REQUIRES: mutex_ is held
  void deliver(exchange::Delivery delivery);
  void acknowledged(const DeliveryId& id);
  void nothing_waiting();

  void delivery_written();
  void acknowledgement_written(const std::string& id);

  std::mutex mutex_;  // guards what follows
  std::shared_ptr<exchange::InboxStream> inbox_;
  std::uint64_t credits_ = 0;                    // the client's, not yet passed to the node
  std::uint32_t ahead_ = 0;                      // passed to the node, and nothing written for it yet
  std::deque<Hold> unwritten_;                   // one a delivery
  std::size_t bytes_ahead_ = 0;                  // delivered by the node, and not yet written
  bool held_back_ = false;                       // the node was told that there is no room
  std::unordered_set<std::string> outstanding_;  // delivered and not acknowledged
  std::size_t acknowledging_ = 0;                // their answers are not yet written
  bool paused_ = false;
  bool waiting_only_ = false;
  bool nothing_waits_ = false;
  bool draining_ = false;
  bool half_closed_ = false;
};

}  // namespace tram::transport
