// Relay.Exchange as the receiving node: a hello, batches in, outcomes out after the commit.
#pragma once

#include <tram/v1/relay.pb.h>

#include <unordered_map>
#include <vector>

#include "transport/bidi_stream.h"
#include "transport/budget.h"

namespace tram::transport {

/// An item that cannot be read is refused for good and the others of its batch go on, or one such item would
/// block its link for ever. A frame that cannot be read ends the stream. Reading pauses while too much is in
/// flight: not answered, or its answer not written because the peer does not read.
class RelayStream final : public BidiStream<v1::RelayFrame, v1::RelayAnswer> {
 public:
  using BidiStream::BidiStream;
  void drain() override;

 protected:
  void started() override;
  void on_read(v1::RelayFrame& frame) override;
  void read_on() override;
  void on_half_close() override;
  void on_written(const v1::RelayAnswer& answer) override;
  void on_over() override;

 private:
  struct InFlight {
    std::size_t items = 0;
    Hold answer;  // empty before the node has answered
  };

  [[nodiscard]] Result<void> take(v1::RelayFrame& frame);
  [[nodiscard]] Result<void> hello(const v1::Hello& hello);
  [[nodiscard]] Result<void> batch(v1::Batch& batch);
  [[nodiscard]] Result<void> certificates(v1::Certificates& certificates);
  void hold_until_written(std::uint64_t number, const v1::RelayAnswer& answer);
  void answer(std::uint64_t number, std::vector<exchange::HopOutcome> outcomes);
  void end_if_due();
  [[nodiscard]] bool full() const;  // REQUIRES: mutex_ is held

  std::shared_ptr<exchange::ArrivalStream> arrivals_;      // touched by reads alone, and after them
  bool greeted_ = false;                                   // as arrivals_
  std::mutex mutex_;                                       // guards what follows
  std::unordered_map<std::uint64_t, InFlight> in_flight_;  // by the batch's number
  std::size_t items_in_flight_ = 0;
  bool welcomed_ = false;  // our hello is written
  bool paused_ = false;
  bool closing_ = false;  // no more batches will come
};

}  // namespace tram::transport
