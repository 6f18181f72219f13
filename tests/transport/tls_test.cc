// What real TLS clients get from the server.
#include <tram/v1/exchange.grpc.pb.h>

#include "tests/transport/fixtures.h"
#include "tests/transport/mailbox.h"
#include "transport/grpc_log.h"

namespace tram::transport::test {
namespace {

class TlsTest : public ServerTest {
 protected:
  std::string connect(const std::string& version, const std::string& certificate) {
    std::string command = "openssl s_client -connect " + address() + " " + version +
                          " -alpn h2 -brief -CAfile " + path("roots.pem") +
                          " -verify_return_error -servername localhost";
    if (!certificate.empty())
      command += " -cert " + path(certificate + ".crt") + " -key " + path(certificate + ".key");
    return run(command + " < /dev/null").second;
  }
};

TEST_F(TlsTest, SpeaksVersion13) {
  const std::string said = connect("-tls1_3", "clients/H52.01");
  EXPECT_NE(said.find("CONNECTION ESTABLISHED"), std::string::npos) << said;
  EXPECT_NE(said.find("Protocol version: TLSv1.3"), std::string::npos) << said;
}

TEST_F(TlsTest, RefusesVersion12) {
  const std::string said = connect("-tls1_2", "clients/H52.01");
  EXPECT_EQ(said.find("CONNECTION ESTABLISHED"), std::string::npos) << said;
}

TEST_F(TlsTest, RefusesAClientWithoutACertificate) {
  grpc::ClientContext context;
  v1::ListAgenciesResponse response;
  const auto status = v1::Exchange::NewStub(channel(""))->ListAgencies(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
}

TEST_F(TlsTest, AHandshakeThatFailsIsHeardOf) {
  Mailbox<GrpcLine> heard;
  const GrpcLog log([&](const GrpcLine& line) { heard.put(line); });
  EXPECT_EQ(connect("-tls1_2", "clients/H52.01").find("CONNECTION ESTABLISHED"), std::string::npos);
  const GrpcLine line = heard.take();
  EXPECT_TRUE(line.handshake_failed) << line.text;
  EXPECT_EQ(line.source.find('/'), std::string::npos) << line.source;
}

}  // namespace
}  // namespace tram::transport::test
