#include "tests/support/node.h"

#include <algorithm>
#include <array>

#include "codec/evidence_json.h"
#include "log/merkle.h"

namespace tram::sim {
namespace {

store::ContentOptions dated_by(const Clock& clock) {
  store::ContentOptions options;
  options.clock = &clock;
  return options;
}

}  // namespace

class SimNode::MessageStore final : public store::MemoryMessageStore {
 public:
  MessageStore(SimNode& owner, exchange::ContentStore& contents, Executor& executor)
      : MemoryMessageStore(owner.disk_, contents, executor), owner_(owner) {}

  std::vector<exchange::InboxItem> claim_inbox(const AgencyCode& agency, const std::string& inbox,
                                               const std::string& claimer, std::size_t limit) override {
    const InboxClaim claim = [&] { return MemoryMessageStore::claim_inbox(agency, inbox, claimer, limit); };
    const AroundInboxClaim around = owner_.around_inbox_claim;  // it may take itself away
    return around ? around(claim) : claim();
  }

 private:
  SimNode& owner_;
};

SimNode::Running::Running(SimNode& owner, const LifePtr& new_life)
    : life(new_life),
      executor(owner.world_, life),
      timers(owner.world_, life),
      contents(std::make_unique<store::MemoryContentStore>(owner.content_disk_, dated_by(owner.clock_))),
      messages(std::make_unique<MessageStore>(owner, *contents, executor)),
      verifier([this](const Digest& signer, const AgencyCode& agency) {
        const auto entries = node->registrations();
        return std::any_of(entries.begin(), entries.end(), [&](const RegistryEntry& entry) {
          return !entry.revoked_at && entry.agency == agency &&
                 std::count(entry.signers.begin(), entry.signers.end(), signer) != 0;
        });
      }),
      peers(owner.network_.peers_of(owner.code())),
      node(exchange::make_node(
          owner.settings_,
          {owner.clock_, executor, timers, *messages, *contents, owner.seals_, verifier, owner.reader_,
           *peers, owner.observer_, owner.log_key_, contents.get(), owner.disk_space_})) {
  messages->run_units_twice(owner.lives_++ % 2 == 0);
}

SimNode::SimNode(World& world, Network& network, exchange::Settings settings)
    : world_(world),
      clock_(world),
      network_(network),
      settings_(std::move(settings)),
      log_key_(sim::log_key(settings_.log_origin)),
      seals_(settings_.node, seal_of_node(settings_.node)),
      observer_(world, settings_.node.text()) {
  std::map<std::string, AgencyCode> links;
  for (exchange::LinkSettings& link : settings_.links) {
    if (link.certificate.is_zero()) link.certificate = tls("node " + link.node.text());
    links[link.name] = link.node;
  }
  network.plug(code(), tls("node " + code().text()), std::move(links));
  keep_certificate(seal_of_node(code()).der());
}

SimNode::~SimNode() {
  if (is_up()) crash();
}

void SimNode::start() {
  if (settings_.restored && !new_epoch_) go_on_after_restore();
  running_ = std::make_unique<Running>(*this, world_.begin_life());
  network_.up(code(), {running_->life, running_->node.get(), running_->contents.get(), &clock_});
  if (std::exchange(new_epoch_, false)) {
    EvidenceRecord record;
    record.event = EvidenceEvent::operator_act;
    record.time = clock_.now();
    record.node = code();
    record.reason = "LOG_EPOCH";
    record.detail = "continues the log " + settings_.restored->former_origin;
    running_->messages->submit(
        [bytes = codec::write_record(record)](exchange::Transaction& transaction) -> Result<void> {
          transaction.append_record(bytes, std::nullopt, "");
          return {};
        },
        [](const Result<void>&) {});
  }
  running_->node->start();
  for (NodeListener* listener : listeners_) listener->node_started();
}

void SimNode::crash() {
  world_.remember(code().text() + " crash");
  for (NodeListener* listener : listeners_) listener->node_stopping();
  world_.end_life(running_->life);
  network_.down(code());
  running_.reset();
}

void SimNode::lose_power() {
  constexpr std::array kNames{"lost", "torn", "whole"};
  const auto last = static_cast<store::LastWrite>(world_.random(kNames.size()));
  world_.remember(code().text() + " loses power, the last write " + kNames[static_cast<std::size_t>(last)]);
  running_->messages->lose_power(last);
  running_->contents->lose_power();
  crash();
}

Digest SimNode::register_agency(const std::string& agency, const std::string& system,
                                const std::string& inbox) {
  RegistryEntry entry;
  entry.certificate = tls(agency + " " + system);
  entry.agency = sim::code(agency);
  entry.system = system;
  entry.inbox = inbox;
  entry.roles = Roles().add(Role::agency);
  register_entry(entry);
  seals_.entrust(entry.agency, seal_of(entry.agency));
  keep_certificate(seal_of(entry.agency).der());
  return entry.certificate;
}

void SimNode::register_entry(const RegistryEntry& entry) {
  disk_->tables.registry.insert_or_assign(entry.certificate, entry);
}

SimNode::Disks SimNode::copy_disk() const {
  Disks copy{std::make_shared<store::MemoryDisk>(), std::make_shared<store::MemoryContentDisk>()};
  copy.messages->tables = disk_->tables;
  store::extend_tree(*copy.messages);
  copy.contents->last_segment = content_disk_->last_segment;
  copy.contents->segments = content_disk_->segments;
  copy.contents->uploads = content_disk_->uploads;
  return copy;
}

void SimNode::replace_disk(Disks disks) {
  disk_ = std::move(disks.messages);
  content_disk_ = std::move(disks.contents);
}

void SimNode::begin_epoch(const std::string& log_origin, const exchange::Restored& restored) {
  settings_.log_origin = log_origin;
  settings_.restored = restored;
  log_key_ = sim::log_key(log_origin);
  observer_.begin_epoch();
  new_epoch_ = true;
}

// As the daemon keeps it between two runs.
void SimNode::go_on_after_restore() {
  if (!observer_.is_reconciled()) return;
  settings_.restored->reconciled = true;
  settings_.restored->owed = observer_.owed();
  settings_.restored->lost = observer_.lost();
}

void SimNode::keep_certificate(const Bytes& der) { disk_->tables.certificates[Sha256::of(der)] = der; }

exchange::Identity SimNode::who(const std::string& certificate) {
  return node().identify(tls(certificate)).value();
}

}  // namespace tram::sim
