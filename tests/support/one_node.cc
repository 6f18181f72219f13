#include "tests/support/one_node.h"

#include <memory>
#include <optional>

#include "codec/evidence_json.h"
#include "codec/header_json.h"
#include "evidence/manifest.h"
#include "log/checkpoint.h"
#include "log/tree.h"
#include "store/memory/memory_disk.h"

namespace tram::sim {
namespace {

exchange::Settings place() {
  exchange::Settings out = settings_of("H52");
  out.links = {link("truc", "H01", {"*"}), link("laichau", "H12", {"H12"})};
  out.registrars = {tls("registrar")};
  return out;
}

void register_roles(SimNode& node) {
  for (const auto& [system, role] :
       {std::pair{"operator", Role::operator_}, std::pair{"auditor", Role::auditor}}) {
    RegistryEntry entry;
    entry.certificate = tls(system);
    entry.system = system;
    entry.roles = Roles().add(role);
    node.register_entry(entry);
  }
}

}  // namespace

OneNode::OneNode() : world(1), network(world), h52(world, network, place()) {
  h52.register_agency("H52.01");
  h52.register_agency("H52.05");
  register_roles(h52);
  h52.start();
}

Result<exchange::Acceptance> OneNode::submit(const exchange::Identity& who,
                                             exchange::SubmissionRequest request) {
  auto answer = std::make_shared<std::optional<Result<exchange::Acceptance>>>();
  node().submit(who, std::move(request),
                [answer](const Result<exchange::Acceptance>& result) { answer->emplace(result); });
  if (!world.run_until([&] { return answer->has_value(); }, std::chrono::seconds(1)))
    return failure(ErrorCode::internal, "NO_ANSWER", "the submission was not answered");
  return **answer;
}

std::vector<exchange::HopOutcome> OneNode::relay(std::vector<exchange::HopItem> items,
                                                 const std::string& node_code) {
  const auto stream = node().arrivals(peer(node_code), exchange::Lane::routine).value();
  stream->certificates(brought_[node_code]);
  auto answer = std::make_shared<std::vector<exchange::HopOutcome>>();
  stream->batch(std::move(items),
                [answer](std::vector<exchange::HopOutcome> outcomes) { *answer = std::move(outcomes); });
  static_cast<void>(world.run_until([&] { return !answer->empty(); }, std::chrono::seconds(1)));
  return *answer;
}

exchange::HopOutcome OneNode::relay(exchange::HopItem item, const std::string& node_code) {
  std::vector<exchange::HopItem> items;
  items.push_back(std::move(item));
  return relay(std::move(items), node_code).at(0);
}

void OneNode::know(const PracticeCertificate& certificate, const std::string& node_code) {
  bring(certificate.der(), node_code);
}

void OneNode::bring(const Bytes& der, const std::string& node_code) { brought_[node_code].push_back(der); }

OpenInbox OneNode::open(const std::string& code, std::uint32_t credits) {
  OpenInbox out;
  out.stream = node().receive(agency(code), out.heard).value();
  out.stream->add_credits(credits);
  return out;
}

std::vector<exchange::RecipientRow> OneNode::recipients(const MessageKey& key) {
  const auto known = h52.messages().find(key);
  return known ? h52.messages().recipients(known->row) : std::vector<exchange::RecipientRow>();
}

exchange::HopMessage Draft::sealed() const {
  Header complete = header;
  exchange::HopMessage out;
  for (const File& each : files) {
    complete.submission.attachments.push_back(each.attachment);
    out.contents.push_back({false, each.bytes});
  }
  out.header = codec::write_header(complete);
  const Bytes manifest = evidence::derive_manifest(Sha256::of(out.header), complete.submission.attachments);
  out.signature = practice_signature(seal, manifest, header.signed_at);
  out.certificate = seal.sha256();
  out.recipients = recipients.empty() ? header.submission.recipients : recipients;
  out.trace = codes({"G09", "H01"});
  return out;
}

Draft draft(const World& world, const std::string& id, const std::vector<std::string>& recipients) {
  Draft out;
  out.header.submission = dispatch("G09.02", id, recipients);
  out.header.signed_at = world.now();
  out.header.signed_by = SignedBy::seal;
  out.header.node = code("G09");
  out.seal = seal_of(code("G09.02"));
  return out;
}

ReceiptBundle bundle_of(const std::string& node, const std::vector<EvidenceRecord>& records) {
  store::MemoryTiles tiles;
  log::Tree tree(tiles);
  ReceiptBundle out;
  out.origin = "log." + node + ".example";
  for (const EvidenceRecord& record : records) {
    out.records.push_back({codec::write_record(record), tree.size(), {}});
    tiles.put(tree.append(log::leaf_hash(out.records.back().record)));
  }
  for (ProvenRecord& proof : out.records) proof.path = tree.inclusion_proof(proof.index, tree.size()).value();
  out.checkpoint =
      log::sign_checkpoint({out.origin, tree.size(), tree.root().value(), {}}, log_key(out.origin)).value();
  return out;
}

}  // namespace tram::sim
