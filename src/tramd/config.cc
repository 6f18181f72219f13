#include "tramd/config.h"

#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <sstream>

namespace tram::daemon {
namespace {

Error malformed(std::string message) {
  return invalid("", "ENDPOINT_MALFORMED", std::move(message),
                 "write it as \"host:port\" or \"[ipv6]:port\"");
}

Result<std::uint16_t> parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || port > 65535)
    return malformed("\"" + std::string(text) + "\" is not a port from 0 to 65535");
  return static_cast<std::uint16_t>(port);
}

bool is_host_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
         c == '_';
}

bool is_host(std::string_view host, bool bracketed) {
  if (bracketed) {
    boost::system::error_code error;
    boost::asio::ip::make_address_v6(host, error);
    return !error;
  }
  if (host.empty() || host.size() > 253) return false;
  for (const char c : host)
    if (!is_host_character(c)) return false;
  return true;
}

std::string list(const std::vector<AgencyCode>& codes) {
  std::string out;
  for (const AgencyCode& code : codes)
    out += (out.empty() ? "" : ", ") + (code.empty() ? std::string("*") : code.text());
  return out.empty() ? "none" : out;
}

void links_and_logs(std::ostream& out, const Config& config) {
  for (const LinkConfig& link : config.links)
    out << "  link           " << link.name << ": " << link.node.text() << " at " << link.address.text()
        << ", behind it " << list(link.prefixes) << ", certificate " << link.certificate.sha256.hex() << "\n";
  for (const KnownLogConfig& known : config.known_logs)
    out << "  known log      " << known.node.text() << ": " << known.vkey << ", for " << list(known.agencies)
        << "\n";
  for (const CertificateRef& registrar : config.registrars)
    out << "  registrar      " << registrar.sha256.hex() << "\n";
  for (const AliasConfig& alias : config.aliases)
    out << "  alias          " << alias.old.text() << " is now " << alias.code.text() << "\n";
}

}  // namespace

std::string Endpoint::text() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string Problem::text() const {
  std::string out = file;
  if (line != 0) out += ":" + std::to_string(line);
  out += severity == Severity::error ? ": error: " : ": warning: ";
  if (!key.empty()) out += key + ": ";
  out += message;
  if (!remedy.empty()) out += "; " + remedy;
  return out;
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return malformed("there is no port");
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!is_host(host, bracketed))
    return malformed("\"" + std::string(host) + "\" is not a host name or address");
  const Result<std::uint16_t> port = parse_port(text.substr(colon + 1));
  if (!port) return port.error();
  return Endpoint{std::string(host), *port};
}

bool is_loopback(std::string_view host) {
  if (host == "localhost") return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return !error && address.is_loopback();
}

std::string summary(const Config& config) {
  std::ostringstream out;
  out << "Node " << config.node.code.text() << " (" << config.node.name << ")\n"
      << "  data           " << config.node.data.string() << "\n"
      << "  authoritative  " << list(config.node.authoritative) << "\n"
      << "  gRPC           " << config.listen.grpc.text() << " with " << config.tls.certificate.string()
      << "\n"
      << "  HTTP           " << config.listen.http.text() << "\n"
      << "  trust roots    " << config.trust.roots.string() << "\n"
      << "  log            " << config.log.origin << ", a checkpoint at most every "
      << config.log.checkpoint_interval.count() << " ms\n"
      << "  seal           of the node: " << config.seal_of_node.certificate.string() << "\n";
  for (const SealConfig& seal : config.seals)
    out << "  seal           of " << seal.agency.text() << ": " << seal.certificate.string() << "\n";
  links_and_logs(out, config);
  out << "  delivery       " << config.delivery.patience_minutes << " min patience, pauses "
      << config.delivery.retry_first_ms << " ms to " << config.delivery.retry_cap_seconds << " s\n";
  out << "  quota          " << config.quota.documents_per_minute << " documents a minute, "
      << config.quota.bytes_in_flight << " B in flight a system\n";
  for (const QuotaConfig& one : config.quotas_for)
    out << "  quota          of " << one.agency.text() << (one.system.empty() ? "" : " " + one.system) << ": "
        << one.documents_per_minute << " documents a minute, " << one.bytes_in_flight << " B in flight\n";
  out << "  alarms         " << (config.alarms.webhook.empty() ? "no webhook" : "to " + config.alarms.webhook)
      << ", a link after " << config.alarms.link_down_seconds << " s\n";
  out << "  limits         inline " << config.limits.inline_bytes << " B, attachment "
      << config.limits.attachment_bytes << " B, " << config.limits.message_recipients << " recipients, "
      << config.limits.message_attachments << " attachments\n"
      << "  retention      contents " << config.retention.content_days << " days, records "
      << config.retention.record_days << " days, abandoned uploads " << config.retention.abandoned_upload_days
      << " days\n"
      << "  disk           low " << config.disk.low_bytes << " B, reserve " << config.disk.reserve_bytes
      << " B\n"
      << "  logging        " << (config.logging.file.empty() ? "stderr" : config.logging.file.string())
      << ", " << config.logging.level << "\n"
      << "  workers        " << config.workers << "\n";
  return out.str();
}

}  // namespace tram::daemon
