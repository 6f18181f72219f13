#include "tests/support/three_nodes.h"

namespace tram::sim {
namespace {

exchange::Settings place(const std::string& node, std::vector<exchange::LinkSettings> links) {
  exchange::Settings out = settings_of(node);
  out.links = std::move(links);
  return out;
}

}  // namespace

exchange::Settings settings_of(const std::string& node) {
  exchange::Settings out;
  out.node = code(node);
  if (node != "H01") out.authoritative = {out.node};
  out.log_origin = "log." + node + ".example";
  for (const std::string known : {"H52", "H01", "G09"}) {
    const log::NoteSigner key = log_key("log." + known + ".example");
    const auto attests = known == "H01" ? std::vector<AgencyCode>() : codes({known});
    out.known_logs.emplace(code(known), exchange::KnownLog{key.verifier(), attests});
  }
  out.inline_limit = 16 << 10;
  out.batch_items = 8;
  out.link_window = 32;
  out.checkpoint_interval = std::chrono::milliseconds(50);
  out.retry_cap = std::chrono::seconds(2);
  return out;
}

exchange::LinkSettings link(const std::string& name, const std::string& node,
                            const std::vector<std::string>& prefixes) {
  exchange::LinkSettings out;
  out.name = name;
  out.node = code(node);
  for (const std::string& prefix : prefixes) {
    out.prefixes.push_back(prefix == "*" ? AgencyCode() : code(prefix));
  }
  return out;
}

ThreeNodes::ThreeNodes(std::uint64_t seed, Duration jitter)
    : world(seed, jitter),
      network(world),
      sonla(world, network, place("H52", {link("truc", "H01", {"*"})})),
      truc(world, network, place("H01", {link("sonla", "H52", {"H52"}), link("noivu", "G09", {"G09"})})),
      noivu(world, network, place("G09", {link("truc", "H01", {"*"})})),
      sender(sonla, "H52.01"),
      neighbour(sonla, "H52.05"),
      ministry(noivu, "G09.02") {}

void ThreeNodes::start() {
  for (SimNode* node : nodes()) node->start();
}

bool ThreeNodes::settle() { return sim::settle(world, cast(), std::chrono::minutes(2)); }

void upload(SimNode& node, const exchange::Identity& who, const File& file) {
  auto run =
      node.contents().resume_upload(who.upload_owner(), file.attachment.sha256, file.attachment.size, 0);
  run.value()->write(file.bytes).value();
  static_cast<void>(run.value()->finish().value());
}

exchange::SubmissionRequest request_uploaded(Submission fields, const std::vector<File>& files) {
  auto out = request(std::move(fields), files);
  for (exchange::HopContent& content : out.contents) content = {true, {}};
  return out;
}

}  // namespace tram::sim
