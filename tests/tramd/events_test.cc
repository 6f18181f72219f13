// What reaches the log and the metrics of who is refused.
#include "tramd/events.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>

#include "tests/tramd/config_fixture.h"
#include "tests/tramd/stepped_clock.h"

namespace tram::daemon {
namespace {

using testing::Folder;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

using testing::SteppedClock;

class EventsTest : public ::testing::Test {
 protected:
  // All that was written so far.
  std::vector<boost::json::object> lines() {
    log_->flush(1000ms);
    std::vector<boost::json::object> out;
    std::ifstream in(folder_ / "tramd.log");
    for (std::string line; std::getline(in, line);) out.push_back(boost::json::parse(line).as_object());
    return out;
  }
  void refuse(const transport::RefusedCaller& caller) {
    events_.caller_refused(caller,
                           failure(ErrorCode::permission_denied, "NOT_REGISTERED", "nobody knows it"));
  }
  std::unique_ptr<EventLog> open() {
    LogOptions options;
    options.file = folder_ / "tramd.log";
    return *EventLog::open(clock_, options);
  }

  Folder folder_;
  SteppedClock clock_;
  std::unique_ptr<EventLog> log_ = open();
  console::Metrics metrics_{"1", "H52"};
  Events events_{clock_, *log_, metrics_};
  const transport::RefusedCaller stranger_{"CN=stranger", Sha256::of("stranger"), "ipv4:192.0.2.7:4711"};
  const transport::RefusedCaller other_{"CN=other", Sha256::of("other"), "ipv4:192.0.2.8:4711"};
};

TEST_F(EventsTest, ARefusedCallerIsALineAMinuteWithItsCertificateAndAllAreCounted) {
  for (int i = 0; i < 1000; ++i) refuse(stranger_);
  refuse(other_);
  auto said = lines();
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0]["event"], "refused");
  EXPECT_EQ(said[0]["reason"], "NOT_REGISTERED");
  EXPECT_EQ(said[0]["certificate"], boost::json::string(Sha256::of("stranger").hex()));
  EXPECT_EQ(said[0]["about"], "CN=stranger");
  EXPECT_EQ(said[0]["address"], "ipv4:192.0.2.7:4711");
  EXPECT_EQ(said[1]["about"], "CN=other") << "one that calls all the time hides nobody else";
  clock_.time += 60s;
  refuse(stranger_);
  said = lines();
  ASSERT_EQ(said.size(), 4U);
  EXPECT_EQ(said[2]["left_out"], 999);
  EXPECT_THAT(metrics_.text(), HasSubstr("tram_refused_total{reason=\"NOT_REGISTERED\"} 1002"));
}

TEST_F(EventsTest, FailedHandshakesAreGatheredAndCounted) {
  for (int i = 0; i < 50; ++i)
    events_.grpc_said({true, "ssl_transport_security.cc:1495", "Handshake failed with fatal error"});
  events_.grpc_said({false, "tcp_server_posix.cc:224", "Failed accept4: Too many open files"});
  auto said = lines();
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0]["event"], "refused");
  EXPECT_EQ(said[0]["reason"], "TLS_HANDSHAKE_FAILED");
  EXPECT_EQ(said[1]["event"], "gRPC reports an error");
  EXPECT_THAT(metrics_.text(), HasSubstr("tram_refused_total{reason=\"TLS_HANDSHAKE_FAILED\"} 50"));
}

TEST_F(EventsTest, StrangersCrowdOutNoOtherLine) {
  for (int i = 0; i < 1000; ++i) refuse({"CN=" + std::to_string(i), Sha256::of(std::to_string(i)), ""});
  EXPECT_LE(lines().size(), RefusalLines::kReasons + 1);
  const std::size_t before = lines().size();
  events_.refused("send", {}, failure(ErrorCode::resource_exhausted, "DISK_LOW", "no room"));
  EXPECT_EQ(lines().size(), before + 1);
}

}  // namespace
}  // namespace tram::daemon
