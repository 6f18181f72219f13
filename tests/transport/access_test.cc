// Who may do what, and what becomes of streams when that changes.
#include <tram/v1/exchange.grpc.pb.h>
#include <tram/v1/operations.grpc.pb.h>

#include "tests/transport/fixtures.h"
#include "tests/transport/health.h"
#include "tests/transport/mailbox.h"

namespace tram::transport::test {
namespace {

class AccessTest : public ServerTest {
 protected:
  Error list_agencies(const std::string& certificate, v1::ListAgenciesResponse* answer = nullptr) {
    grpc::ClientContext context;
    v1::ListAgenciesResponse response;
    const auto status = v1::Exchange::NewStub(channel(certificate))->ListAgencies(&context, {}, &response);
    if (answer) *answer = response;
    return status.ok() ? Error{ErrorCode::internal, "", "", "", "", {}} : error_of(status);
  }
  Error get_node(const std::string& certificate, v1::NodeInfo* answer) {
    grpc::ClientContext context;
    const auto status = v1::Operations::NewStub(channel(certificate))->GetNode(&context, {}, answer);
    return status.ok() ? Error{ErrorCode::internal, "", "", "", "", {}} : error_of(status);
  }
};

/// A Receive stream of H52.01's that the node has opened.
class OpenReceive {
 public:
  OpenReceive(const std::shared_ptr<grpc::Channel>& channel, ScriptedNode& node)
      : stream_(v1::Exchange::NewStub(channel)->Receive(&context)) {
    v1::ReceiveRequest open;
    open.mutable_open();
    EXPECT_TRUE(stream_->Write(open));
    inbox = node.inboxes.take();
  }
  /// Why the node ends it.
  Error ended() {
    v1::ReceiveResponse response;
    EXPECT_FALSE(stream_->Read(&response));
    return error_of(stream_->Finish());
  }

  grpc::ClientContext context;
  std::shared_ptr<Inbox> inbox;

 private:
  std::unique_ptr<grpc::ClientReaderWriter<v1::ReceiveRequest, v1::ReceiveResponse>> stream_;
};

TEST_F(AccessTest, DeniesWhoIsNotRegisteredWithDetails) {
  const Error error = list_agencies("clients/stranger");
  EXPECT_EQ(error.code, ErrorCode::permission_denied);
  EXPECT_EQ(error.reason, "NOT_REGISTERED");
  EXPECT_EQ(error.remedy, "ask the registrar");
  EXPECT_NE(error.message.find(fingerprint("clients/stranger").hex()), std::string::npos);
}

TEST_F(AccessTest, ListsAgenciesAndRoutesToTheRegistered) {
  v1::ListAgenciesResponse answer;
  EXPECT_EQ(list_agencies("clients/H52.01", &answer).reason, "");
  EXPECT_EQ(answer.node(), "H52");
  EXPECT_EQ(answer.agencies_size(), 2);
  ASSERT_EQ(answer.routes_size(), 1);
  EXPECT_EQ(answer.routes(0).prefix(), "*");
  EXPECT_EQ(answer.routes(0).node(), "G22");
}

TEST_F(AccessTest, EachRefusedCallIsToldWithTheCallersCertificate) {
  struct Told {
    RefusedCaller caller;
    std::string reason;
  };
  Mailbox<Told> told;
  ServerOptions options = server_options();
  options.on_refused_caller = [&](const RefusedCaller& caller, const Error& error) {
    told.put({caller, error.reason});
  };
  start(options);
  EXPECT_EQ(list_agencies("clients/stranger").reason, "NOT_REGISTERED");
  const Told stranger = told.take();
  EXPECT_EQ(stranger.reason, "NOT_REGISTERED");
  EXPECT_EQ(stranger.caller.certificate, fingerprint("clients/stranger"));
  EXPECT_NE(stranger.caller.subject.find("stranger"), std::string::npos) << stranger.caller.subject;
  EXPECT_TRUE(stranger.caller.address.starts_with("ipv4:127.0.0.1")) << stranger.caller.address;

  v1::NodeInfo info;
  EXPECT_EQ(get_node("clients/H52.01", &info).reason, "ROLE_MISSING");
  const Told agency = told.take();
  EXPECT_EQ(agency.reason, "ROLE_MISSING");
  EXPECT_EQ(agency.caller.certificate, fingerprint("clients/H52.01"));

  EXPECT_FALSE(health(channel("clients/stranger")).status.ok());
  EXPECT_EQ(told.take().caller.certificate, fingerprint("clients/stranger")) << "of gRPC's own services too";

  OpenReceive receive(channel("clients/H52.01"), node_);
  node_.forget(fingerprint("clients/H52.01"));
  EXPECT_EQ(told.take().reason, "NOT_REGISTERED") << "revoked while its stream stood";
  static_cast<void>(receive.ended());
}

TEST_F(AccessTest, ARevokedCallerIsToldOfAlsoIfItsCallIsOverMeanwhile) {
  Mailbox<RefusedCaller> told;
  ServerOptions options = server_options();
  options.on_refused_caller = [&](const RefusedCaller& caller, const Error&) { told.put(caller); };
  start(options);
  OpenReceive receive(channel("clients/H52.01"), node_);
  node_.before_identifying = [&] {
    receive.context.TryCancel();
    server_->shutdown(std::chrono::milliseconds(0));  // until gRPC has let go of the call
    EXPECT_EQ(receive.inbox->closed.size(), 1U);
  };
  node_.forget(fingerprint("clients/H52.01"));
  const RefusedCaller caller = told.take();
  EXPECT_EQ(caller.certificate, fingerprint("clients/H52.01"));
  EXPECT_TRUE(caller.address.starts_with("ipv4:127.0.0.1")) << caller.address;
  static_cast<void>(receive.ended());
}

TEST_F(AccessTest, RefusesACertificatePastItsValidity) {
  clock_.advance(std::chrono::hours(24 * 900));
  const Error error = list_agencies("clients/H52.01");
  EXPECT_EQ(error.code, ErrorCode::unauthenticated);
  EXPECT_EQ(error.reason, "CERTIFICATE_EXPIRED");
}

TEST_F(AccessTest, OperationsAreForOperatorsAlone) {
  v1::NodeInfo info;
  EXPECT_EQ(get_node("clients/H52.01", &info).reason, "ROLE_MISSING");
  EXPECT_EQ(get_node("clients/sonla-auditor", &info).reason, "ROLE_MISSING");
  EXPECT_EQ(get_node("clients/sonla-operator", &info).reason, "");
  EXPECT_EQ(info.node(), "H52");
  EXPECT_EQ(info.name(), "Trạm Sơn La");
  EXPECT_EQ(info.version(), "1.2.3");
  EXPECT_EQ(info.log_size(), 21U);
  ASSERT_EQ(info.links_size(), 1);
  EXPECT_EQ(info.links(0).address(), "truc.example:7443");
  EXPECT_EQ(info.links(0).attempts(), 4U);
}

TEST_F(AccessTest, OperatorsSeeWhatWasLostInARestore) {
  node_.the_lost.named = {{{code("H52.01"), MessageId("gone")}, {code("G09.02")}, "truc"}};
  node_.the_lost.more = 5;
  v1::NodeInfo info;
  EXPECT_EQ(get_node("clients/sonla-operator", &info).reason, "");
  ASSERT_EQ(info.lost_size(), 1);
  EXPECT_EQ(info.lost(0).key().sender(), "H52.01");
  EXPECT_EQ(info.lost(0).key().id(), "gone");
  ASSERT_EQ(info.lost(0).recipients_size(), 1);
  EXPECT_EQ(info.lost(0).recipients(0), "G09.02");
  EXPECT_EQ(info.lost(0).link(), "truc");
  EXPECT_EQ(info.lost_more(), 5U);
}

TEST_F(AccessTest, ListsDeliveriesByState) {
  const auto stub = v1::Operations::NewStub(channel("clients/sonla-operator"));
  v1::ListDeliveriesRequest request;
  v1::ListDeliveriesResponse response;
  request.set_state("held");
  grpc::ClientContext held;
  ASSERT_TRUE(stub->ListDeliveries(&held, request, &response).ok());
  ASSERT_EQ(response.deliveries_size(), 1);
  EXPECT_EQ(response.deliveries(0).state(), "held");
  EXPECT_EQ(response.deliveries(0).to(), "link truc");
  request.set_state("lost");
  grpc::ClientContext lost;
  EXPECT_EQ(error_of(stub->ListDeliveries(&lost, request, &response)).field, "state");
}

TEST_F(AccessTest, TheRegistryIsForRegistrarsAloneAndTakesCertificates) {
  v1::RegistryEntry entry;
  entry.set_certificate(read("clients/stranger.crt"));
  entry.set_agency("H52.05");
  entry.set_system("qlvb");
  entry.add_roles("agency");
  v1::RegistryEntry answer;
  grpc::ClientContext denied;
  const auto status = v1::Registry::NewStub(channel("clients/sonla-operator"))->Add(&denied, entry, &answer);
  EXPECT_EQ(error_of(status).reason, "ROLE_MISSING");
  grpc::ClientContext allowed;
  ASSERT_TRUE(v1::Registry::NewStub(channel("clients/sonla-registrar"))->Add(&allowed, entry, &answer).ok());
  EXPECT_EQ(node_.added.take().certificate, fingerprint("clients/stranger"));
  EXPECT_EQ(answer.certificate_sha256(), Bytes(fingerprint("clients/stranger").bytes()));
}

TEST_F(AccessTest, HealthIsForTheRegisteredAndSaysNotServingWhenDraining) {
  EXPECT_EQ(health(channel("clients/stranger")).status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  const auto registered = channel("clients/H52.01");
  EXPECT_EQ(health(registered).serving, kServing);
  server_->drain();
  EXPECT_EQ(health(registered).serving, kNotServing);
}

TEST_F(AccessTest, RevocationEndsLiveStreams) {
  OpenReceive receive(channel("clients/H52.01"), node_);
  node_.forget(fingerprint("clients/H52.01"));
  EXPECT_EQ(receive.ended().reason, "NOT_REGISTERED");
  EXPECT_TRUE(receive.inbox->closed.take());
}

TEST_F(AccessTest, AnotherEntryForTheSameCertificateEndsItsStreams) {
  grpc::ClientContext context;
  auto stream = v1::Exchange::NewStub(channel("clients/H52.01"))->Send(&context);
  v1::SendRequest request;
  request.mutable_signed_()->set_header("h");
  ASSERT_TRUE(stream->Write(request));
  exchange::Identity changed = node_.submissions.take().who;
  changed.inbox = "another";
  node_.know(changed.certificate, changed);
  v1::SendResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(error_of(stream->Finish()).reason, "REGISTRATION_CHANGED");
}

TEST_F(AccessTest, AStreamEndsWithItsCertificate) {
  OpenReceive receive(channel("clients/H52.01"), node_);
  clock_.advance(std::chrono::hours(24 * 900));
  timers_.ring();
  EXPECT_EQ(receive.ended().reason, "CERTIFICATE_EXPIRED");
}

TEST_F(AccessTest, ShutdownEndsWhatIsOpen) {
  OpenReceive receive(channel("clients/H52.01"), node_);
  server_->shutdown(std::chrono::milliseconds(0));
  EXPECT_EQ(receive.inbox->closed.size(), 1U);
  EXPECT_EQ(receive.ended().reason, "DRAINING");
}

}  // namespace
}  // namespace tram::transport::test
