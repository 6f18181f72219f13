// Hears one outgoing stream for a test.
#pragma once

#include "exchange/peers.h"
#include "tests/transport/mailbox.h"

namespace tram::transport::test {

class PeerEvents final : public exchange::PeerStreamEvents {
 public:
  struct Answer {
    std::uint64_t batch;
    std::vector<exchange::HopOutcome> outcomes;
  };
  Mailbox<exchange::PeerHello> hellos;
  exchange::PeerGreeting says;
  Mailbox<Answer> answers;
  Mailbox<bool> drained;
  Mailbox<Error> ends;

  exchange::PeerGreeting greeting() const override { return says; }
  void opened(const exchange::PeerHello& hello) override { hellos.put(hello); }
  void answered(std::uint64_t batch, std::vector<exchange::HopOutcome> outcomes) override {
    answers.put({batch, std::move(outcomes)});
  }
  void draining() override { drained.put(true); }
  void closed(const Error& error) override { ends.put(error); }
};

}  // namespace tram::transport::test
