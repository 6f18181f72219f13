#include <tram/v1/operations.grpc.pb.h>

#include <boost/json/array.hpp>

#include "base/encoding.h"
#include "tramctl/arguments.h"
#include "tramctl/commands.h"
#include "tramctl/connection.h"
#include "tramctl/mapping.h"
#include "tramctl/text.h"
#include "tramctl/trust_files.h"

namespace tram::client {
namespace {

Result<std::unique_ptr<v1::Registry::Stub>> registry_of(Context& context) {
  const Result<const Profile*> profile = context.profile();
  if (!profile) return profile.error();
  const Result<Connection> connection = connect(**profile);
  if (!connection) return connection.error();
  return v1::Registry::NewStub(connection->control);
}

boost::json::object json_of(const v1::RegistryEntry& entry) {
  boost::json::array roles, signers;
  for (const std::string& role : entry.roles()) roles.emplace_back(role);
  for (const std::string& signer : entry.signers()) signers.emplace_back(to_hex(signer));
  return {{"certificate_sha256", to_hex(entry.certificate_sha256())},
          {"agency", entry.agency()},
          {"system", entry.system()},
          {"inbox", entry.inbox()},
          {"roles", std::move(roles)},
          {"signers", std::move(signers)},
          {"added_at", entry.added_at()},
          {"added_by", entry.added_by()},
          {"revoked_at", entry.revoked_at()}};
}

void tell(const Context& context, const std::string& what, const v1::RegistryEntry& entry) {
  context.line(what + " " + to_hex(entry.certificate_sha256()) + ": " + shown(entry.agency()) + ", " +
               shown(entry.system()) + ", " + shown(joined({entry.roles().begin(), entry.roles().end()})));
  context.print(json_of(entry));
}

// By its SHA-256, or by its file.
Result<Digest> certificate_named(const std::string& text) {
  if (const Result<Digest> digest = fingerprint_from(text, "CERTIFICATE")) return *digest;
  const auto certificate = read_certificate(text);
  if (certificate) return (*certificate)->sha256();
  if (certificate.error().reason != "FILE_UNREADABLE") return usage(certificate.error());
  return usage(
      invalid("CERTIFICATE", "CERTIFICATE_UNNAMED",
              "\"" + shown(text) + "\" is neither a certificate's SHA-256 nor a file",
              "write the 64 digits that tramctl registry list shows, or name the certificate's file"));
}

}  // namespace

Result<int> registry_add(Context& context, const RegistryAddOptions& options) {
  const auto agency = agency_from(options.agency, "--agency");
  if (!agency) return agency.error();
  const auto certificate = read_certificate(options.certificate);
  if (!certificate) return certificate.error();
  v1::RegistryEntry request;
  request.set_certificate(std::string((*certificate)->der()));
  request.set_agency(agency->text());
  request.set_system(options.system);
  request.set_inbox(options.inbox);
  for (const std::string& role : options.roles) request.add_roles(role);
  for (const std::string& path : options.signers) {
    const auto signer = read_certificate(path);
    if (!signer) return signer.error();
    request.add_signers(std::string((*signer)->sha256().bytes()));
  }
  const auto stub = registry_of(context);
  if (!stub) return stub.error();
  const auto added = call<v1::RegistryEntry>(**stub, &v1::Registry::Stub::Add, request);
  if (!added) return added.error();
  tell(context, "added", *added);
  return 0;
}

Result<int> registry_revoke(Context& context, const RegistryRevokeOptions& options) {
  const Result<Digest> certificate = certificate_named(options.certificate);
  if (!certificate) return certificate.error();
  v1::RevokeRequest request;
  request.set_certificate_sha256(std::string(certificate->bytes()));
  const auto stub = registry_of(context);
  if (!stub) return stub.error();
  const auto revoked = call<v1::RegistryEntry>(**stub, &v1::Registry::Stub::Revoke, request);
  if (!revoked) return revoked.error();
  tell(context, "revoked", *revoked);
  return 0;
}

Result<int> registry_list(Context& context, const NoOptions&) {
  const auto stub = registry_of(context);
  if (!stub) return stub.error();
  const auto found =
      call<v1::ListRegistryResponse>(**stub, &v1::Registry::Stub::List, v1::ListRegistryRequest());
  if (!found) return found.error();
  Table table({"CERTIFICATE SHA-256", "AGENCY", "SYSTEM", "INBOX", "ROLES", "ADDED", "BY", "REVOKED"});
  for (const v1::RegistryEntry& entry : found->entries()) {
    table.add({to_hex(entry.certificate_sha256()), shown(entry.agency()), shown(entry.system()),
               shown(entry.inbox()), shown(joined({entry.roles().begin(), entry.roles().end()})),
               local_time(entry.added_at()), shown(entry.added_by()),
               entry.revoked_at().empty() ? "-" : local_time(entry.revoked_at())});
    context.print(json_of(entry));
  }
  context.line(table.empty() ? "the registry is empty" : table.text());
  return 0;
}

}  // namespace tram::client
