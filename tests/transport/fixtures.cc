#include "tests/transport/fixtures.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "transport/environment.h"
#include "transport/grpc_status.h"
#include "trust/certificate.h"

namespace tram::transport::test {
namespace {

const bool prepared = (prepare_grpc_environment(), true);  // before the first gRPC call of the program

// Nodes sonla (the server) and truc (a peer), the agency H52.01, sonla's operator, auditor and registrar, and
// a stranger: a good certificate that nobody registered.
void make_pki() {
  static const bool made = [] {
    const std::string scripts = TRAM_SOURCE_DIR "/certs/";
    const auto [done, said] = run(
        "exec 9>" TRAM_FIXTURE_DIR ".lock && flock 9 && " +  // ctest runs several of these programs at once
        scripts + "make-pki " TRAM_FIXTURE_DIR " --nodes 'sonla:H52 truc:G22' --agencies 'H52.01' && " +
        scripts + "issue " TRAM_FIXTURE_DIR " client stranger");
    if (!done) throw std::runtime_error("the practice PKI cannot be made: " + said);
    return prepared;
  }();
  static_cast<void>(made);
}

exchange::Identity identity(const std::string& agency, Role role, const std::string& link = {}) {
  return {{}, agency.empty() ? AgencyCode() : code(agency), "test", "default", Roles().add(role), link};
}

}  // namespace

std::pair<bool, std::string> run(const std::string& command) {
  std::FILE* pipe = ::popen(("{ " + command + "; } 2>&1").c_str(), "r");
  std::string output;
  std::array<char, 4096> buffer;
  for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    output.append(buffer.data(), n);
  return {::pclose(pipe) == 0, output};
}

std::string path(const std::string& name) {
  make_pki();
  return TRAM_FIXTURE_DIR "/" + name;
}

std::string read(const std::string& name) {
  std::ifstream in(path(name), std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + name);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

Digest fingerprint(const std::string& name) {
  return trust::sha256_fingerprint_of_pem(read(name + ".crt")).value();
}

class TestTimers::Handle final : public TimerHandle {
 public:
  Handle(TestTimers& timers, Tasks::iterator task) : timers_(timers), task_(task) {}
  ~Handle() override {
    const std::lock_guard lock(timers_.mutex_);
    timers_.tasks_.erase(task_);
  }

 private:
  TestTimers& timers_;
  const Tasks::iterator task_;
};

std::unique_ptr<TimerHandle> TestTimers::after(Duration, std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  return std::make_unique<Handle>(*this, tasks_.insert(tasks_.end(), std::move(task)));
}

void TestTimers::ring() {
  Tasks due;
  {
    const std::lock_guard lock(mutex_);
    due = tasks_;
  }
  for (const auto& task : due) task();
}

std::size_t TestTimers::size() {
  const std::lock_guard lock(mutex_);
  return tasks_.size();
}

Error error_of(const grpc::Status& status) { return to_error(status); }

ServerTest::ServerTest() {
  node_.know(fingerprint("clients/H52.01"), identity("H52.01", Role::agency));
  node_.know(fingerprint("clients/sonla-operator"), identity("", Role::operator_));
  node_.know(fingerprint("clients/sonla-auditor"), identity("", Role::auditor));
  node_.know(fingerprint("clients/sonla-registrar"), identity("", Role::registrar));
  node_.know(fingerprint("nodes/truc"), identity("G22", Role::peer, "truc"));
  start(server_options());
}

ServerOptions ServerTest::server_options() {
  ServerOptions options;
  options.address = "127.0.0.1:0";
  options.certificate = read("nodes/sonla.crt");
  options.key = read("nodes/sonla.key");
  options.roots = read("roots.pem");
  options.intermediates = {"an intermediate"};
  options.node_name = "Trạm Sơn La";
  options.version = "1.2.3";
  options.link_addresses["truc"] = "truc.example:7443";
  return options;
}

void ServerTest::start(const ServerOptions& options) {
  server_.reset();
  server_ = Server::start(options, node_, contents_, workers_, timers_, clock_).value();
}

ServerTest::~ServerTest() {
  if (server_) server_->shutdown(std::chrono::milliseconds(0));
}

void ServerTest::until(const std::function<bool()>& condition) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("it did not come true");
    std::this_thread::yield();
  }
}

std::shared_ptr<grpc::Channel> ServerTest::channel(const std::string& certificate,
                                                   grpc::ChannelArguments arguments) {
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = read("roots.pem");
  if (!certificate.empty()) {
    tls.pem_private_key = read(certificate + ".key");
    tls.pem_cert_chain = read(certificate + ".crt");
  }
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address(), grpc::SslCredentials(tls), arguments);
}

PeerOptions ServerTest::peer_options() const {
  PeerOptions options;
  options.certificate = read("nodes/truc.crt");
  options.key = read("nodes/truc.key");
  options.roots = read("roots.pem");
  options.node = code("G22");
  options.links["sonla"] = {address(), fingerprint("nodes/sonla")};
  return options;
}

}  // namespace tram::transport::test
