#include "tests/exchange/year.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

namespace tram::sim {
namespace {

using namespace exchange;
using namespace std::chrono_literals;

constexpr std::uint64_t kBatch = 250;

// Of a day's documents.
constexpr std::uint64_t kOneWaitsLong = 100;      // takes a month until somebody takes it
constexpr std::uint64_t kOneWaitsForEver = 2000;  // nobody ever deals with it
constexpr std::uint64_t kUploads = 3;
constexpr std::uint64_t kUploadBytes = 200'000;

class NoPeers final : public Peers {
 public:
  std::unique_ptr<PeerStream> open(const std::string&, Lane, std::shared_ptr<PeerStreamEvents>) override {
    return nullptr;
  }
  void upload(const std::string&, const Attachment&, const ContentLocation&,
              std::function<void(Result<void>)>) override {}
  void list_held(const std::string&, Timestamp, std::int64_t,
                 std::function<void(Result<HeldPage>)>) override {}
};

class FailingObserver final : public Observer {
 public:
  void recorded(const EvidenceRecord&) override {}
  void refused(std::string_view, const MessageKey&, const Error&) override {}
  void timed(Stage, const MessageKey&, Duration) override {}
  void link_changed(const std::string&, bool, const std::string&) override {}
  void alarm(const Alarm&, exchange::AlarmChange) override {}
  void note(std::string_view event, const std::string& detail) override {
    EXPECT_EQ(event, "pruned") << detail;
  }
};

// Memory where there is some: the year is about sizes, not about the disk's speed.
std::filesystem::path quick_folder() {
  const std::filesystem::path memory = "/dev/shm";
  return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
}

Settings settings_of_the_year() {
  Settings out;
  out.node = code("H52");
  out.log_origin = "log.H52.example";
  out.retention.content = 10 * 24h;
  out.retention.record = 40 * 24h;
  out.retention.abandoned_upload = 5 * 24h;
  out.retention.interval = 24h;
  return out;
}

std::uint64_t bytes_in(const std::string& folder) {
  std::uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) bytes += file.file_size();
  return bytes;
}

}  // namespace

class YearTasks::Handle final : public TimerHandle {
 public:
  Handle(YearTasks& tasks, std::pair<SteadyTime, std::uint64_t> place) : tasks_(tasks), place_(place) {}
  ~Handle() override {
    const std::lock_guard lock(tasks_.mutex_);
    tasks_.timers_.erase(place_);
  }

 private:
  YearTasks& tasks_;
  const std::pair<SteadyTime, std::uint64_t> place_;
};

void YearTasks::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  posted_.push_back(std::move(task));
  added_.notify_one();
}

std::unique_ptr<TimerHandle> YearTasks::after(Duration delay, std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  const std::pair place{clock_.steady_now() + delay, ++numbers_};
  timers_.emplace(place, std::move(task));
  added_.notify_one();
  return std::make_unique<Handle>(*this, place);
}

// The housekeeper has one timer while it rests or pauses, and none while a step is under way.
std::function<void()> YearTasks::next(Duration pause) {
  std::unique_lock lock(mutex_);
  added_.wait(lock, [this] { return !posted_.empty() || !timers_.empty(); });
  if (!posted_.empty()) {
    auto task = std::move(posted_.front());
    posted_.pop_front();
    return task;
  }
  const auto wait = timers_.begin()->first.first - clock_.steady_now();
  if (wait > pause) return nullptr;
  if (wait > Duration::zero()) clock_.advance(wait);
  return timers_.extract(timers_.begin()).mapped();
}

void YearTasks::run_until_pause(Duration pause) {
  while (const auto task = next(pause)) task();
}

Year::Year(std::uint64_t documents_a_day)
    : documents_a_day_(documents_a_day),
      folder_(quick_folder()),
      tasks_(clock_),
      settings_(settings_of_the_year()),
      seals_(settings_.node, seal_of_node(settings_.node)),
      verifier_([](const Digest&, const AgencyCode&) { return false; }),
      peers_(std::make_unique<NoPeers>()),
      observer_(std::make_unique<FailingObserver>()),
      log_key_(log_key(settings_.log_origin)) {
  store::ContentOptions options;
  options.clock = &clock_;
  options.segment_bytes = kYearSegment;
  contents_ = store::FileContentStore::open(folder_.path() + "/content", options).value();
  messages_ =
      store::SqliteMessageStore::open(folder_.path() + "/messages",
                                      {*contents_, [](const Error& error) { ADD_FAILURE() << error.text(); }})
          .value();
  services_ =
      std::make_unique<Services>(Services{clock_, tasks_, tasks_, *messages_, *contents_, seals_, verifier_,
                                          reader_, *peers_, *observer_, log_key_, contents_.get()});
  disk_ = std::make_unique<DiskGuard>(settings_, *services_);
  clocks_ = std::make_unique<ClockTrust>(clock_, settings_.clock_tolerance);
  housekeeper_ = std::make_unique<Housekeeper>(settings_, *services_, *disk_, *clocks_);
  housekeeper_->start();
}

Year::~Year() {
  housekeeper_->stop();
  messages_.reset();  // before what its completions refer to
}

Bytes Year::content(std::uint64_t number) const {
  const Bytes digest(Sha256::of(std::to_string(number)).bytes());
  Bytes out;
  while (out.size() < 200 + number % 400) out += digest;
  return out;
}

void Year::commit(const std::function<void(Transaction&)>& work) {
  std::promise<void> answered;
  messages_->submit(
      [&](Transaction& transaction) -> Result<void> {
        work(transaction);
        return {};
      },
      [&](const Result<void>& done) {
        EXPECT_TRUE(done) << done.error().text();
        answered.set_value();
      });
  answered.get_future().wait();
}

void Year::day() {
  ++day_;
  for (std::uint64_t stored = 0; stored < documents_a_day_; stored += kBatch)
    store_batch(std::min(kBatch, documents_a_day_ - stored));
  upload_some();
  finish_some();
  clock_.advance(24h - (clock_.now() - Timestamp()) % 24h + 1s);
  tasks_.run_until_pause(1min);
}

void Year::store_batch(std::uint64_t count) {
  std::vector<Document> batch(count);
  for (Document& each : batch) {
    each.number = ++documents_;
    each.content = contents_->append(content(each.number)).value();
    each.finished = each.number % kOneWaitsLong != 0;
  }
  commit([&](Transaction& transaction) {
    for (const Document& each : batch) store_document(transaction, each);
    transaction.put_checkpoint(settings_.log_origin, transaction.log_size(), Bytes(200, 'c'));
    transaction.put_checkpoint("log.G09.example", documents_, Bytes(200, 'c'));
    transaction.set_receipt_cursor(transaction.log_size());
  });
}

// What acceptance, relaying and a receipt leave behind.
void Year::store_document(Transaction& transaction, const Document& document) {
  StoredMessage message;
  message.key = {code("H52.01"), MessageId("document-" + std::to_string(document.number))};
  message.header = Bytes(400, 'h') + std::to_string(document.number);
  message.signature = Bytes(300, 's');
  message.certificate = seal_of(code("H52.01")).sha256();
  message.header_digest = Sha256::of(message.header);
  message.submitted_digest = message.header_digest;
  message.contents = {document.content};
  message.stored_at = clock_.now();
  message.verdict = "{}";
  message.log_index = transaction.log_size();
  const MessageRow row = transaction.insert(message);
  static_cast<void>(transaction.append_record(Bytes(250, 'a') + message.key.id.text(), row, ""));
  const auto state = document.finished ? RecipientState::handed_over : RecipientState::accepted;
  transaction.put_recipient(row, {code("G09.02"), state, "", {}, clock_.now()});
  if (!document.finished) {
    unfinished_[document.number] = row;
    return;
  }
  const ProvenRecord proof{Bytes(250, 'r') + message.key.id.text(), document.number,
                           std::vector<Digest>(10, message.header_digest)};
  transaction.put_receipt(
      row, {EvidenceEvent::content_handover, code("G09"), proof, "log.G09.example", documents_});
}

// What waited for a month is taken, but for what waits for ever.
void Year::finish_some() {
  std::vector<MessageRow> taken;
  const std::uint64_t young = documents_ - std::min(documents_, 30 * documents_a_day_);
  for (auto at = unfinished_.begin(); at != unfinished_.end() && at->first < young;) {
    const auto here = at++;
    if (here->first % kOneWaitsForEver == 0) continue;
    taken.push_back(here->second);
    unfinished_.erase(here);
  }
  commit([&](Transaction& transaction) {
    for (const MessageRow row : taken)
      transaction.put_recipient(row, {code("G09.02"), RecipientState::handed_over, "", {}, clock_.now()});
  });
}

ContentLocation Year::upload(std::uint64_t number, bool whole) {
  Bytes bytes;
  while (bytes.size() < kUploadBytes) bytes += content(number);
  auto upload = contents_->resume_upload("H52.01", Sha256::of(bytes), bytes.size(), 0).value();
  EXPECT_TRUE(upload->write(whole ? BytesView(bytes) : BytesView(bytes).substr(0, kUploadBytes / 2)));
  EXPECT_EQ(upload->finish()->complete, whole);
  return whole ? contents_->uploaded("H52.01", Sha256::of(bytes), bytes.size()).value() : ContentLocation();
}

// Large contents: taken up by a message, complete and forgotten, and broken off.
void Year::upload_some() {
  for (std::uint64_t i = 0; i < kUploads; ++i) {
    Document document;
    document.number = ++documents_;
    document.content = upload(document.number, true);
    commit([&](Transaction& transaction) { store_document(transaction, document); });
  }
  static_cast<void>(upload(day_ << 32, true));
  static_cast<void>(upload((day_ << 32) + 1, false));
}

YearSizes Year::sizes() const {
  YearSizes out;
  const std::string database = folder_.path() + "/messages/messages.db";
  out.database = std::filesystem::file_size(database);
  out.write_ahead = std::filesystem::file_size(database + "-wal");
  out.segments = bytes_in(folder_.path() + "/content/segments");
  out.uploads = bytes_in(folder_.path() + "/content/uploads");
  out.hashes = messages_->log_size() * sizeof(Digest);
  out.messages = messages_->counts().messages;
  return out;
}

std::uint64_t Year::wrong() const {
  std::uint64_t wrong = 0;
  for (const auto& [number, row] : unfinished_) {
    const auto message = messages_->load(row);
    const bool right = message && message->contents.size() == 1 &&
                       contents_->read(message->contents[0], 0, 1 << 20).value() == content(number);
    wrong += right ? 0 : 1;
  }
  return wrong;
}

}  // namespace tram::sim
