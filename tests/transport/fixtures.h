// A server on loopback with real TLS in front of a scripted node, and clients of the practice PKI.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/channel_arguments.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "tests/contract/test_executor.h"
#include "tests/transport/scripted_node.h"
#include "tests/transport/watched_contents.h"
#include "transport/peer_client.h"
#include "transport/server.h"

namespace tram::transport::test {

/// The path of a file of the practice PKI, e.g. "nodes/sonla.crt"; made on first use.
[[nodiscard]] std::string path(const std::string& name);
[[nodiscard]] std::string read(const std::string& name);
/// Of "nodes/sonla" or "clients/H52.01".
[[nodiscard]] Digest fingerprint(const std::string& name);
/// Runs a command; its output, and whether it succeeded.
[[nodiscard]] std::pair<bool, std::string> run(const std::string& command);

/// Real time and an offset; the steady clock stands still but for that.
class TestClock final : public Clock {
 public:
  Timestamp now() const override { return system_.now() + Duration(ahead_.load()); }
  SteadyTime steady_now() const override { return SteadyTime(Duration(ahead_.load())); }
  void advance(Duration by) { ahead_ += by.count(); }

 private:
  SystemClock system_;
  std::atomic<Duration::rep> ahead_ = 0;
};

/// Timers that ring when the test says so.
class TestTimers final : public Timers {
 public:
  std::unique_ptr<TimerHandle> after(Duration delay, std::function<void()> task) override;
  /// Rings all that are set now.
  void ring();
  [[nodiscard]] std::size_t size();

 private:
  class Handle;
  using Tasks = std::list<std::function<void()>>;
  std::mutex mutex_;  // guards tasks_
  Tasks tasks_;
};

/// The error in a call's status, with its details.
[[nodiscard]] Error error_of(const grpc::Status& status);

class ServerTest : public testing::Test {
 protected:
  ServerTest();
  ~ServerTest() override;

  /// The server as every test finds it; another one in its place.
  [[nodiscard]] static ServerOptions server_options();
  void start(const ServerOptions& options);
  /// Asks again and again, because only the outside is seen; throws if it does not come true.
  static void until(const std::function<bool()>& condition);

  /// A channel with the TLS certificate of "clients/H52.01", "nodes/truc", …
  [[nodiscard]] std::shared_ptr<grpc::Channel> channel(const std::string& certificate,
                                                       grpc::ChannelArguments arguments = {});
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(server_->port()); }
  /// Options of node truc's client to this server.
  [[nodiscard]] PeerOptions peer_options() const;

  ScriptedNode node_;
  WatchedContents contents_;
  TestClock clock_;
  TestTimers timers_;
  contract::ThreadExecutor workers_;
  std::unique_ptr<Server> server_;
};

}  // namespace tram::transport::test
