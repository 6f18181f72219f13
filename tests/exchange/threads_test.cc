// One node on real threads: submissions, arrivals, hand-overs and checkpoints at the same time. What is
// checked here is little; the thread sanitizer checks the rest.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>

#include "tests/support/one_node.h"
#include "tests/support/thread_pool.h"

namespace tram::sim {
namespace {

constexpr int kDocuments = 60;
constexpr auto kPatience = std::chrono::seconds(60);

// A peer that never answers.
class SilentPeers final : public exchange::Peers {
 public:
  std::unique_ptr<exchange::PeerStream> open(const std::string&, exchange::Lane,
                                             std::shared_ptr<exchange::PeerStreamEvents>) override {
    return std::make_unique<Silence>();
  }
  void upload(const std::string&, const Attachment&, const exchange::ContentLocation&,
              std::function<void(Result<void>)>) override {}
  void list_held(const std::string&, Timestamp, std::int64_t,
                 std::function<void(Result<exchange::HeldPage>)>) override {}

 private:
  struct Silence final : exchange::PeerStream {
    void send(std::uint64_t, std::vector<exchange::HopItem>) override {}
    void send_certificates(const std::vector<Bytes>&) override {}
    void finish() override {}
  };
};

class CountingObserver final : public exchange::Observer {
 public:
  void recorded(const EvidenceRecord&) override { ++records; }
  void refused(std::string_view, const MessageKey&, const Error&) override { ++refusals; }
  void timed(exchange::Stage, const MessageKey&, Duration) override {}
  void link_changed(const std::string&, bool, const std::string&) override {}
  void note(std::string_view, const std::string&) override {}
  void alarm(const Alarm&, exchange::AlarmChange) override {}
  std::atomic<int> records{0};
  std::atomic<int> refusals{0};
};

// Counts what all threads together reached.
class Tally {
 public:
  void add(const std::string& what) {
    const std::lock_guard lock(mutex_);
    seen_.insert(what);
    changed_.notify_all();  // under the lock: whoever it wakes may end the tally
  }
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return seen_.size() >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> seen_;
};

class Reader final : public exchange::InboxEvents {
 public:
  explicit Reader(Tally& acknowledged) : acknowledged_(acknowledged) {}
  void deliver(exchange::Delivery delivery) override {
    const std::lock_guard lock(mutex_);
    if (stream_) stream_->acknowledge(delivery.id);
  }
  void acknowledged(const DeliveryId& id) override {
    acknowledged_.add(id.text());
    const std::lock_guard lock(mutex_);
    if (stream_) stream_->add_credits(1);
  }
  void nothing_waiting() override {}
  void draining() override {}
  void ended(const Error& error) override { ADD_FAILURE() << error.text(); }

  void read(std::shared_ptr<exchange::InboxStream> stream) {
    const std::lock_guard lock(mutex_);
    stream_ = std::move(stream);
    if (stream_) stream_->add_credits(4);
  }

 private:
  Tally& acknowledged_;
  std::mutex mutex_;
  std::shared_ptr<exchange::InboxStream> stream_;
};

class Threads : public testing::Test {
 protected:
  Threads() {
    settings_.links = {link("truc", "H01", {"*"})};
    settings_.links[0].certificate = tls("node H01");
    for (const char* agency : {"H52.01", "H52.05"}) {
      RegistryEntry entry;
      entry.certificate = tls(agency);
      entry.agency = code(agency);
      entry.roles = Roles().add(Role::agency);
      disk_->tables.registry[entry.certificate] = entry;
      seals_.entrust(entry.agency, seal_of(entry.agency));
    }
    static_cast<void>(verifier_.learn(seal_of(code("G09.02")).der()).value());
    node_ = exchange::make_node(settings_, {clock_, pool_, timers_, messages_, contents_, seals_, verifier_,
                                            reader_, peers_, observer_, log_key_});
    node_->start();
  }
  ~Threads() override {
    node_->stop();
    pool_.stop();
  }

  exchange::Identity who(const std::string& certificate) { return node_->identify(tls(certificate)).value(); }

  exchange::HopMessage hop(int i) {
    World now(1);  // for its draft alone; the real clock signs
    Draft out = draft(now, "relayed" + std::to_string(i), {"H52.05"});
    out.header.signed_at = clock_.now();
    return out.sealed();
  }

  SystemClock clock_;
  exchange::Settings settings_ = settings_of("H52");
  std::shared_ptr<store::MemoryDisk> disk_ = std::make_shared<store::MemoryDisk>();
  store::MemoryContentStore contents_{std::make_shared<store::MemoryContentDisk>()};
  PracticeSeals seals_{code("H52"), seal_of_node(code("H52"))};
  PracticeVerifier verifier_;
  PracticeReader reader_;
  SilentPeers peers_;
  CountingObserver observer_;
  log::NoteSigner log_key_ = log_key(settings_.log_origin);
  ThreadPool pool_{4};
  HastyTimers timers_{pool_};
  store::MemoryMessageStore messages_{disk_, contents_, pool_};
  std::unique_ptr<exchange::Node> node_;
};

TEST_F(Threads, EverythingAtOnce) {
  Tally accepted, acknowledged;
  std::vector<std::shared_ptr<Reader>> readers;
  for (int i = 0; i < 3; ++i) {
    readers.push_back(std::make_shared<Reader>(acknowledged));
    readers.back()->read(node_->receive(who("H52.05"), readers.back()).value());
  }
  std::thread sender([&] {
    for (int i = 0; i < kDocuments; ++i) {
      node_->submit(who("H52.01"), request(dispatch("H52.01", std::to_string(i), {"H52.05", "G09.02"})),
                    [&](const Result<exchange::Acceptance>& answer) {
                      EXPECT_TRUE(answer);
                      if (answer) accepted.add("sent " + answer->key.id.text());
                    });
    }
  });
  std::thread relay([&] {
    const auto stream = node_->arrivals(who("node H01"), exchange::Lane::routine).value();
    for (int i = 0; i < kDocuments; ++i) {
      stream->batch({hop(i)}, [&accepted, i](const std::vector<exchange::HopOutcome>& outcomes) {
        EXPECT_EQ(outcomes.at(0).result, exchange::HopResult::accepted) << outcomes.at(0).error.text();
        accepted.add("relayed " + std::to_string(i));
      });
    }
  });
  std::thread auditor([&] {
    for (int i = 0; i < 20; ++i) {
      EXPECT_TRUE(node_->checkpoint());
      static_cast<void>(node_->links());
      static_cast<void>(node_->queues({}));
    }
  });
  for (std::thread* thread : {&sender, &relay, &auditor}) thread->join();
  EXPECT_TRUE(accepted.wait_for(2 * kDocuments));
  EXPECT_TRUE(acknowledged.wait_for(2 * kDocuments));
  for (const auto& reader : readers) reader->read(nullptr);
  EXPECT_EQ(observer_.refusals, 0);
}

}  // namespace
}  // namespace tram::sim
