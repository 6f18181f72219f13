#include "tests/support/agency.h"

#include "codec/header_json.h"

namespace tram::sim {
namespace {

constexpr std::uint32_t kCredits = 8;
constexpr Duration kAgain = std::chrono::milliseconds(200);

const Submission& fields(const exchange::SubmissionRequest& request) {
  return std::get<Submission>(request.submission);
}

}  // namespace

// Hears one stream; what comes after the stream was let go of is not heard.
class SimAgency::Ears final : public exchange::InboxEvents {
 public:
  explicit Ears(SimAgency& agency) : agency_(&agency) {}
  void deafen() { agency_ = nullptr; }

  void deliver(exchange::Delivery delivery) override {
    if (agency_ != nullptr) agency_->deliver(std::move(delivery));
  }
  void acknowledged(const DeliveryId& id) override {
    if (agency_ != nullptr) agency_->acknowledged(id);
  }
  void nothing_waiting() override {}
  void draining() override {}
  void ended(const Error&) override {
    if (agency_ != nullptr) agency_->reopen_later();
  }

 private:
  SimAgency* agency_;
};

SimAgency::SimAgency(SimNode& home, const std::string& agency, const std::string& system)
    : home_(home), code_(sim::code(agency)), certificate_(agency + " " + system) {
  home.register_agency(agency, system);
  home.listen(*this);
}

SimAgency::~SimAgency() {
  node_stopping();
  home_.forget(*this);
}

exchange::Identity SimAgency::who() { return home_.who(certificate_); }

void SimAgency::send(exchange::SubmissionRequest request) {
  const MessageKey key = fields(request).key;
  outbox_.insert_or_assign(key, std::move(request));
  if (home_.is_up()) submit(key);
}

void SimAgency::submit(const MessageKey& key) {
  const auto found = outbox_.find(key);
  if (found == outbox_.end()) return;
  home_.node().submit(who(), found->second,
                      [this, key](const Result<exchange::Acceptance>& answer) { answered(key, answer); });
}

void SimAgency::answered(const MessageKey& key, const Result<exchange::Acceptance>& answer) {
  if (!answer && answer.error().code == ErrorCode::unavailable) {
    home_.world().schedule(home_.life(), kAgain, [this, key] { submit(key); });
    return;
  }
  outbox_.erase(key);
  if (answer) {
    accepted_.emplace(key, *answer);
  } else {
    refused_.emplace(key, answer.error());
  }
}

void SimAgency::node_started() {
  open();
  for (const auto& [key, request] : outbox_) submit(key);
}

void SimAgency::node_stopping() {
  if (ears_) ears_->deafen();
  stream_.reset();
}

void SimAgency::open() {
  ears_ = std::make_shared<Ears>(*this);
  stream_ = home_.node().receive(who(), ears_).value();
  stream_->add_credits(kCredits);
}

void SimAgency::reopen_later() {
  if (ears_) ears_->deafen();
  home_.world().schedule(home_.life(), kAgain, [this] {
    stream_.reset();
    open();
  });
}

void SimAgency::deliver(exchange::Delivery delivery) {
  const DeliveryId id = delivery.id;
  if (acknowledged_.contains(id)) violations_.push_back(id.text() + " came after its acknowledgement");
  if (known_.contains(id) && !delivery.redelivered)
    violations_.push_back(id.text() + " came twice, unmarked");
  if (home_.world().chance(vanishes_)) return reopen_later();
  take(std::move(delivery));
  stream_->acknowledge(id);
}

void SimAgency::take(exchange::Delivery delivery) {
  if (!known_.insert(delivery.id).second) return;
  home_.world().remember(code_.text() + " took " + delivery.id.text());
  auto header = codec::read_header(delivery.header);
  if (!header) return violations_.push_back(delivery.id.text() + ": " + header.error().text());
  const MessageKey key = header->submission.key;
  const bool is_dispatch = header->submission.kind == MessageKind::dispatch;
  taken_.push_back({delivery.id, std::move(*header), std::move(delivery.contents),
                    std::move(delivery.verdict), delivery.redelivered});
  if (!reports_ || !is_dispatch) return;
  send(request(status(code_, "03-" + key.id.text(), key, StatusCode::received)));
  send(request(status(code_, "06-" + key.id.text(), key, StatusCode::completed)));
}

void SimAgency::acknowledged(const DeliveryId& id) {
  acknowledged_.insert(id);
  stream_->add_credits(1);
}

}  // namespace tram::sim
