// Exchange.Send: submissions in, answers out, many in flight.
#pragma once

#include <tram/v1/exchange.pb.h>

#include <unordered_map>

#include "transport/bidi_stream.h"
#include "transport/budget.h"

namespace tram::transport {

/// Answers come in the order in which they become final. A submission that cannot be read is answered like
/// any other refusal; the stream goes on. Reading pauses while too much is in flight: not answered, or its
/// answer not written because the client does not read.
class SendStream final : public BidiStream<v1::SendRequest, v1::SendResponse> {
 public:
  using BidiStream::BidiStream;
  void drain() override;

 protected:
  void started() override;
  void on_read(v1::SendRequest& request) override;
  void read_on() override;
  void on_half_close() override;
  void on_written(const v1::SendResponse& response) override;

 private:
  struct InFlight {
    std::size_t bytes = 0;  // of the submission, and then of its answer too
    Hold answer;            // empty before the node has answered
  };
  void submit(std::uint64_t number, exchange::SubmissionRequest submission, Hold hold);
  void answer(std::uint64_t number, const Result<exchange::Acceptance>& result);
  void hold_until_written(const v1::SendResponse& response);
  void end_if_due();
  [[nodiscard]] bool full() const;  // REQUIRES: mutex_ is held

  std::mutex mutex_;                                       // guards what follows
  std::unordered_map<std::uint64_t, InFlight> in_flight_;  // by request
  std::size_t bytes_ = 0;
  bool paused_ = false;
  bool half_closed_ = false;
  bool draining_ = false;
};

}  // namespace tram::transport
