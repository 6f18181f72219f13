#include "tests/simulation/scene.h"

#include "tests/support/three_nodes.h"

namespace tram::sim {
namespace {

const std::vector<std::string> kCodes{"H01", "H52", "G09", "H12", "G22", "H37"};  // the axis first
constexpr std::size_t kAxis = 0;

std::string origin_of(const std::string& node) { return "log." + node + ".example"; }

// Making a key costs more than a simulated document: made once a thread.
const log::VerifierKey& log_verifier(const std::string& node) {
  thread_local std::map<std::string, log::VerifierKey> known;
  const auto found = known.find(node);
  if (found != known.end()) return found->second;
  return known.emplace(node, log_key(origin_of(node)).verifier()).first->second;
}

exchange::Settings place(World& world, std::size_t number, std::size_t count) {
  exchange::Settings out;
  out.node = code(kCodes[number]);
  out.authoritative = {out.node};
  out.log_origin = origin_of(kCodes[number]);
  for (std::size_t i = 0; i < count; ++i) {
    out.known_logs.emplace(code(kCodes[i]), exchange::KnownLog{log_verifier(kCodes[i]), codes({kCodes[i]})});
  }
  out.inline_limit = 16 << 10;
  out.batch_items = 1 + world.random(12);
  out.link_window = out.batch_items * (1 + world.random(4));
  out.checkpoint_interval = std::chrono::milliseconds(20 + 20 * world.random(8));
  out.retry_cap = world.chance(800) ? std::chrono::seconds(2) : std::chrono::minutes(5);
  return out;
}

}  // namespace

Scene::Scene(std::uint64_t seed, std::size_t nodes)
    : world(seed, std::chrono::microseconds(300)), network(world) {
  if (nodes == 0) nodes = world.chance(700) ? 3 : 4 + world.random(2);
  lay_out(nodes);
  for (std::size_t i = 0; i < nodes; ++i) add_node(i);
  for (std::size_t i = 0; i < nodes; ++i) add_agencies(*nodes_[i], i == kAxis);
}

void Scene::lay_out(std::size_t nodes) {
  if (world.chance(650)) {
    for (std::size_t i = 1; i < nodes; ++i) links_.emplace_back(kAxis, i);
    return;
  }
  std::vector<std::size_t> chain;
  for (std::size_t i = 1; i < nodes; ++i) chain.push_back(i);
  chain.insert(chain.begin() + static_cast<std::ptrdiff_t>(world.random(nodes)), kAxis);
  for (std::size_t i = 1; i < nodes; ++i) links_.emplace_back(chain[i - 1], chain[i]);
}

std::vector<std::size_t> Scene::neighbours(std::size_t node) const {
  std::vector<std::size_t> out;
  for (const auto& [one, other] : links_) {
    if (one == node) out.push_back(other);
    if (other == node) out.push_back(one);
  }
  return out;
}

// The nodes reached by this neighbour, itself first: the network is a tree.
std::vector<std::string> Scene::behind(std::size_t node, std::size_t neighbour) const {
  std::vector<std::string> out{kCodes[neighbour]};
  for (const std::size_t next : neighbours(neighbour)) {
    if (next == node) continue;
    for (std::string& further : behind(neighbour, next)) out.push_back(std::move(further));
  }
  return out;
}

void Scene::add_node(std::size_t number) {
  exchange::Settings settings = place(world, number, links_.size() + 1);
  const auto next = neighbours(number);
  for (const std::size_t neighbour : next) {
    const auto prefixes = next.size() == 1 ? std::vector<std::string>{"*"} : behind(number, neighbour);
    settings.links.push_back(link("to-" + kCodes[neighbour], kCodes[neighbour], prefixes));
  }
  nodes_.push_back(std::make_unique<SimNode>(world, network, std::move(settings)));
}

void Scene::add_agencies(SimNode& home, bool is_axis) {
  const std::string node = home.code().text();
  if (is_axis && !world.chance(300)) return;
  add_agency(home, node + ".01");
  if (!is_axis && world.chance(500)) add_agency(home, node + ".02");
}

void Scene::add_agency(SimNode& home, const std::string& code) {
  auto agency = std::make_unique<SimAgency>(home, code);
  if (world.chance(300)) agency->add_system("qlvb-2");
  if (world.chance(200)) agency->add_system("mot-cua", "MCDT_DT");
  if (world.chance(400)) agency->report_statuses();
  agencies_.push_back(std::move(agency));
}

Cast Scene::cast() const {
  Cast out;
  for (const auto& node : nodes_) out.nodes.push_back(node.get());
  for (const auto& agency : agencies_) out.agencies.push_back(agency.get());
  return out;
}

SimNode& Scene::random_node() { return *nodes_[world.random(nodes_.size())]; }
SimAgency& Scene::random_agency() { return *agencies_[world.random(agencies_.size())]; }

std::pair<AgencyCode, AgencyCode> Scene::random_link() {
  const auto& [one, other] = links_[world.random(links_.size())];
  return {nodes_[one]->code(), nodes_[other]->code()};
}

}  // namespace tram::sim
