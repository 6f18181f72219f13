#include "tramd/certificate_watch.h"

#include <algorithm>

#include "tramd/config_section.h"
#include "trust/certificate.h"

namespace tram::daemon {
namespace {

struct Named {
  std::string what;
  std::filesystem::path file;  ///< PEM; empty: nothing to look at
};

std::vector<Named> files_of(const Config& config) {
  std::vector<Named> out = {{"TLS certificate of this node", config.tls.certificate},
                            {"TLS roots", config.tls.roots},
                            {"trust roots", config.trust.roots},
                            {"trust intermediates", config.trust.intermediates},
                            {"seal of this node", config.seal_of_node.certificate}};
  for (const SealConfig& seal : config.seals)
    out.push_back({"seal of " + seal.agency.text(), seal.certificate});
  for (const LinkConfig& link : config.links) out.push_back({"link " + link.name, link.certificate.file});
  for (const CertificateRef& registrar : config.registrars)
    out.push_back({"registrar " + registrar.sha256.hex().substr(0, 16), registrar.file});
  return out;
}

// Nothing if all is well.
std::string complaint(const std::filesystem::path& file, const CertificateFiles& in_use, Timestamp before) {
  const auto text = read_small_file(file);
  if (!text) return file.string() + ": " + text.error().message;
  if (const auto used = in_use.find(file); used != in_use.end() && used->second != Sha256::of(*text))
    return file.string() + ": was replaced, but the node goes on with the earlier one until it is restarted";
  const auto bundle = trust::Certificate::read_pem_bundle(*text);
  if (!bundle) return file.string() + ": " + bundle.error().message;
  const auto first = std::min_element(bundle->begin(), bundle->end(), [](const auto& a, const auto& b) {
    return a->not_after() < b->not_after();
  });
  if ((*first)->not_after() >= before) return {};
  return file.string() + ": " + (*first)->subject() + " is valid until " + to_rfc3339((*first)->not_after());
}

}  // namespace

CertificateFiles certificate_files(const Config& config) {
  CertificateFiles out;
  for (const Named& one : files_of(config)) {
    if (one.file.empty()) continue;
    if (const auto text = read_small_file(one.file)) out.emplace(one.file, Sha256::of(*text));
  }
  return out;
}

std::vector<exchange::AlarmCondition> expiring_certificates(const Config& config,
                                                            const CertificateFiles& in_use,
                                                            Timestamp before) {
  std::vector<exchange::AlarmCondition> out;
  for (const Named& one : files_of(config)) {
    if (one.file.empty()) continue;
    if (auto detail = complaint(one.file, in_use, before); !detail.empty())
      out.push_back({one.what, std::move(detail), std::nullopt, 1});
  }
  return out;
}

void CertificateWatch::look() {
  const Duration ahead = std::chrono::days(config_.alarms.certificate_days);
  alarms_.hold(AlarmKind::certificate_expiring,
               expiring_certificates(config_, in_use_, clock_.now() + ahead));
}

}  // namespace tram::daemon
