#include "tests/support/agency.h"

#include <algorithm>

#include "codec/header_json.h"
#include "tests/support/client_upload.h"

namespace tram::sim {
namespace {

constexpr std::uint32_t kCredits = 8;
constexpr Duration kAgain = std::chrono::milliseconds(200);

Submission fields_of(const exchange::SubmissionRequest& request) {
  if (const auto* fields = std::get_if<Submission>(&request.submission)) return *fields;
  return codec::read_header(std::get<exchange::SignedSubmission>(request.submission).header)
      .value()
      .submission;
}

// Nothing was promised: the same again may be accepted.
bool worth_retrying(const Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::resource_exhausted ||
         error.code == ErrorCode::aborted || error.reason == "CONTENT_MISSING";
}

// Without room nothing changes soon.
Duration pause_after(const Error& error) {
  return error.code == ErrorCode::resource_exhausted ? 10 * kAgain : kAgain;
}

bool same(const exchange::Acceptance& one, const exchange::Acceptance& other) {
  return one.key == other.key && one.accepted_at == other.accepted_at &&
         one.header_digest == other.header_digest && one.log_index == other.log_index;
}

std::string text(const MessageKey& key) { return key.sender.text() + "/" + key.id.text(); }

}  // namespace

// Hears one stream. Once deaf, what still comes has no effect.
class SimAgency::Ears final : public exchange::InboxEvents {
 public:
  Ears(SimAgency& agency, Connection& connection) : agency_(&agency), connection_(connection) {}
  void deafen() { deaf_ = true; }
  void forget() { agency_ = nullptr; }
  [[nodiscard]] bool deaf() const { return deaf_ || agency_ == nullptr; }

  void deliver(exchange::Delivery delivery) override {
    if (agency_ != nullptr) agency_->hear(connection_, std::move(delivery), deaf_);
  }
  void acknowledged(const DeliveryId& id) override {
    if (!deaf()) agency_->acknowledged(connection_, id);
  }
  void nothing_waiting() override {}
  void draining() override {}
  void ended(const Error& error) override {
    if (!deaf()) agency_->reopen_later(connection_, pause_after(error));
  }

 private:
  SimAgency* agency_;
  Connection& connection_;
  bool deaf_ = false;
};

SimAgency::SimAgency(SimNode& home, const std::string& agency, const std::string& system)
    : home_(home), code_(sim::code(agency)) {
  add_system(system);
  home.listen(*this);
}

SimAgency::~SimAgency() {
  for (const auto& connection : connections_) {
    if (connection->ears) connection->ears->forget();
  }
  node_stopping();
  home_.forget(*this);
}

void SimAgency::add_system(const std::string& system, const std::string& inbox) {
  home_.register_agency(code_.text(), system, inbox);
  connections_.push_back(std::make_unique<Connection>(Connection{system, inbox, nullptr, nullptr}));
}

exchange::Identity SimAgency::who() { return home_.who(code_.text() + " " + connections_.front()->system); }

void SimAgency::send(exchange::SubmissionRequest request) {
  Submission fields = fields_of(request);
  Sent sent;
  for (std::size_t i = 0; i < fields.attachments.size(); ++i)
    sent.files.push_back({fields.attachments[i], request.contents[i].bytes});
  sent.request = std::move(request);
  sent.fields = std::move(fields);
  const MessageKey key = sent.fields.key;
  sent_.insert_or_assign(key, std::move(sent));
  outbox_.insert(key);
  if (home_.is_up()) post(key);
}

void SimAgency::send_uploaded(Submission fields, const std::vector<File>& files) {
  exchange::SubmissionRequest out = request(std::move(fields), files);
  for (exchange::HopContent& content : out.contents) content = {true, {}};
  Sent sent{std::move(out), {}, files, true};
  sent.fields = std::get<Submission>(sent.request.submission);
  const MessageKey key = sent.fields.key;
  sent_.insert_or_assign(key, std::move(sent));
  outbox_.insert(key);
  if (home_.is_up()) post(key);
}

void SimAgency::send_again_what_is_lost() {
  std::vector<MessageKey> lost;
  for (const auto& [key, acceptance] : accepted_) {
    if (!home_.tables().keys.contains(key)) lost.push_back(key);
  }
  for (const MessageKey& key : lost) {
    accepted_.erase(key);
    outbox_.insert(key);
    Sent& sent = sent_.at(key);
    if (auto* own = std::get_if<exchange::SignedSubmission>(&sent.request.submission))
      *own = sign(sent.fields, home_.clock().now(), seal_of(code_));
  }
  acknowledged_.clear();  // its node may not know of it: what comes again is known by its delivery id
  handed_.clear();
}

void SimAgency::post(const MessageKey& key) {
  if (sent_.at(key).uploaded) return upload(key, 0);
  submit(key);
  if (home_.world().chance(habits_.send_twice)) submit(key);
}

// One file after another, then the submission.
void SimAgency::upload(const MessageKey& key, std::size_t file) {
  const Sent& sent = sent_.at(key);
  if (file == sent.files.size()) return submit(key);
  const auto done = [this, key, file](const Result<void>& whole) {
    if (whole) return upload(key, file + 1);
    home_.world().schedule(home_.life(), kAgain, [this, key, file] { upload(key, file); });
  };
  std::make_shared<ClientUpload>(home_, who().upload_owner(), sent.files[file], habits_.break_upload, done)
      ->begin();
}

void SimAgency::submit(const MessageKey& key) {
  if (home_.node().has_room()) sent_.at(key).had_room = true;
  home_.node().submit(who(), sent_.at(key).request,
                      [this, key](const Result<exchange::Acceptance>& answer) { answered(key, answer); });
}

// Once at a time, however many answers ask for it: a node may refuse for hours.
void SimAgency::again(Duration delay, const MessageKey& key) {
  if (!due_again_.insert(key).second) return;
  home_.world().schedule(home_.life(), delay, [this, key] {
    due_again_.erase(key);
    if (!refused_.contains(key)) post(key);
  });
}

void SimAgency::answered(const MessageKey& key, const Result<exchange::Acceptance>& answer) {
  if (home_.world().chance(habits_.lose_answer)) {
    home_.world().remember(code_.text() + " does not hear the answer to " + key.id.text());
    return again(kAgain, key);
  }
  if (answer) return accepted(key, *answer);
  if (answer.error().code == ErrorCode::resource_exhausted) ++put_off_;
  if (!worth_retrying(answer.error())) return refused(key, answer.error());
  if (outbox_.contains(key)) again(pause_after(answer.error()), key);
}

void SimAgency::accepted(const MessageKey& key, const exchange::Acceptance& acceptance) {
  outbox_.erase(key);
  const auto [first, is_first] = accepted_.emplace(key, acceptance);
  if (!is_first && !same(first->second, acceptance))
    violations_.push_back(text(key) + ": sent again, answered otherwise");
  refused_.erase(key);  // of several sent at once; nothing is stored of what is refused
  if (!is_first) return;
  if (home_.settings().restored && !home_.observer().is_reconciled())
    violations_.push_back(text(key) + kAcceptedTooEarly);
  if (!sent_.at(key).had_room && !home_.node().has_room())
    violations_.push_back(text(key) + ": accepted as new work, without room for any");
  World& world = home_.world();
  const Duration later = world.random_time(std::chrono::seconds(3));
  if (world.chance(habits_.send_twice)) again(later, key);
  if (world.chance(habits_.reuse_id)) world.schedule(home_.life(), later, [this, key] { reuse_id(key); });
}

void SimAgency::refused(const MessageKey& key, const Error& error) {
  home_.world().remember(code_.text() + " is refused " + key.id.text() + " " + error.reason);
  outbox_.erase(key);
  if (accepted_.contains(key)) violations_.push_back(text(key) + ": accepted, then refused: " + error.text());
  refused_.emplace(key, Refused{error, home_.clock().now()});
}

void SimAgency::reuse_id(const MessageKey& key) {
  Submission other = sent_.at(key).fields;
  other.attachments.clear();
  other.staff.department = "another";
  home_.node().submit(
      who(), request(std::move(other)), [this, key](const Result<exchange::Acceptance>& answer) {
        if (answer) violations_.push_back(text(key) + ": its id was accepted with other content");
        if (!answer && !worth_retrying(answer.error()) && answer.error().reason != "ID_REUSED")
          violations_.push_back(text(key) + ": other content was refused with " + answer.error().reason);
      });
}

void SimAgency::node_started() {
  for (const auto& connection : connections_) open(*connection);
  for (const MessageKey& key : outbox_) post(key);
}

void SimAgency::node_stopping() {
  due_again_.clear();
  for (const auto& connection : connections_) {
    if (connection->ears) connection->ears->deafen();
    connection->stream.reset();
  }
}

void SimAgency::open(Connection& connection) {
  connection.ears = std::make_shared<Ears>(*this, connection);
  auto stream = home_.node().receive(home_.who(code_.text() + " " + connection.system), connection.ears);
  if (!stream) return reopen_later(connection, kAgain);
  connection.stream = std::move(*stream);
  connection.stream->add_credits(kCredits);
}

// Until then the old stream stands, and what it claims nobody else gets.
void SimAgency::reopen_later(Connection& connection, Duration delay) {
  connection.ears->deafen();
  home_.world().schedule(home_.life(), delay, [this, &connection] {
    connection.stream.reset();
    open(connection);
  });
}

void SimAgency::hear(Connection& connection, exchange::Delivery delivery, bool deaf) {
  const DeliveryId id = delivery.id;
  hand_overs_.push_back({id, connection.system, connection.inbox, delivery.redelivered});
  if (acknowledged_.contains(id)) violations_.push_back(id.text() + " came after its acknowledgement");
  if (!handed_.insert(id).second && !delivery.redelivered)
    violations_.push_back(id.text() + " came twice, unmarked");
  if (deaf) return;
  if (home_.world().chance(habits_.vanish)) return vanish(connection, std::move(delivery));
  take(connection, std::move(delivery));
  const Duration thinking = home_.world().random_time(habits_.thinking);
  if (thinking == Duration::zero()) return acknowledge(connection, id);
  home_.world().schedule(home_.life(), thinking, [this, &connection, ears = connection.ears, id] {
    if (!ears->deaf()) acknowledge(connection, id);
  });
}

// Before it stored the document, after, or with the acknowledgement on its way: slowly noticed, or at once.
void SimAgency::vanish(Connection& connection, exchange::Delivery delivery) {
  const DeliveryId id = delivery.id;
  const std::uint64_t moment = home_.world().random(4);
  if (moment > 0) take(connection, std::move(delivery));
  if (moment > 1) acknowledge(connection, id);
  reopen_later(connection, home_.world().chance(500) ? kAgain : Duration::zero());
}

void SimAgency::acknowledge(Connection& connection, const DeliveryId& id) {
  connection.stream->acknowledge(id);
}

void SimAgency::take(Connection& connection, exchange::Delivery delivery) {
  if (!known_.insert(delivery.id).second) return;
  home_.world().remember(code_.text() + " took " + delivery.id.text() + " by " + connection.system);
  auto header = codec::read_header(delivery.header);
  if (!header) return violations_.push_back(delivery.id.text() + ": " + header.error().text());
  if (const auto fetched = fetch_uploaded(delivery); !fetched)
    violations_.push_back(delivery.id.text() + ": " + fetched.error().text());
  const MessageKey key = header->submission.key;
  const bool is_dispatch = header->submission.kind == MessageKind::dispatch;
  taken_.push_back({delivery.id, std::move(*header), std::move(delivery.contents),
                    std::move(delivery.verdict), delivery.redelivered, std::move(delivery.forwarding)});
  if (!reports_ || !is_dispatch) return;
  send(request(status(code_, "03-" + key.id.text(), key, StatusCode::received)));
  send(request(status(code_, "06-" + key.id.text(), key, StatusCode::completed)));
}

Result<void> SimAgency::fetch_uploaded(exchange::Delivery& delivery) {
  for (std::size_t i = 0; i < delivery.contents.size(); ++i) {
    if (!delivery.contents[i].uploaded) continue;
    const auto source = home_.node().attachment(who(), delivery.id, i);
    if (!source) return source.error();
    auto bytes = home_.contents().read(source->location, 0, source->location.length);
    if (!bytes) return bytes.error();
    delivery.contents[i].bytes = std::move(*bytes);
  }
  return {};
}

void SimAgency::acknowledged(Connection& connection, const DeliveryId& id) {
  acknowledged_.insert(id);
  connection.stream->add_credits(1);
}

}  // namespace tram::sim
