#include "trust/chain.h"

#include <algorithm>

#include "trust/native.h"
#include "trust/usage.h"

namespace tram::trust {
namespace {

struct StackOfBorrowed {  // the certificates are owned elsewhere
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using BorrowedStackPtr = std::unique_ptr<STACK_OF(X509), StackOfBorrowed>;

struct Finding {
  int code;
  int depth;
};

// Notes every finding and goes on: a verdict names all causes. Whatever was noted makes the verdict bad.
int note(int ok, X509_STORE_CTX* context) {
  if (ok == 1) return 1;
  auto* findings = static_cast<std::vector<Finding>*>(X509_STORE_CTX_get_app_data(context));
  findings->push_back({X509_STORE_CTX_get_error(context), X509_STORE_CTX_get_error_depth(context)});
  return 1;
}

bool is_validity(int code) {
  return code == X509_V_ERR_CERT_HAS_EXPIRED || code == X509_V_ERR_CERT_NOT_YET_VALID;
}

bool is_incomplete(int code) {
  return code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
         code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
         code == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE || code == X509_V_ERR_CERT_UNTRUSTED ||
         code == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT || code == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN;
}

Error path_cause(const Finding& finding, const Certificate& certificate) {
  const bool incomplete = is_incomplete(finding.code);
  return failure(ErrorCode::failed_precondition, incomplete ? "CHAIN_INCOMPLETE" : "CHAIN_INVALID",
                 "no valid path from " + certificate.subject() +
                     " to a configured root: " + X509_verify_cert_error_string(finding.code) +
                     " (certificate " + std::to_string(finding.depth) + " of the path)",
                 incomplete ? "configure the root and the CA certificates of the signer's issuer" : "");
}

void add_once(std::vector<Error>& causes, Error cause) {
  const auto same = [&](const Error& known) { return known.message == cause.message; };
  if (std::none_of(causes.begin(), causes.end(), same)) causes.push_back(std::move(cause));
}

std::vector<CertificatePtr> path_of(X509_STORE_CTX* context, const CertificatePtr& signer) {
  std::vector<CertificatePtr> out{signer};
  STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(context);
  for (int i = 1; i < sk_X509_num(chain); ++i) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(sk_X509_value(chain, i), &der);
    if (size <= 0) continue;
    auto issuer = Certificate::from_der({reinterpret_cast<char*>(der), static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    if (issuer) out.push_back(std::move(*issuer));
  }
  return out;
}

void judge_path(Chain& chain, Timestamp at) {
  chain.from = Timestamp::min();
  chain.until = Timestamp::max();
  for (const CertificatePtr& certificate : chain.path) {
    chain.from = std::max(chain.from, certificate->not_before());
    chain.until = std::min(chain.until, certificate->not_after());
    if (auto cause = out_of_validity(*certificate, at)) chain.validity_causes.push_back(std::move(*cause));
    if (certificate == chain.path.front()) continue;
    if (auto cause = issuing_usage(*certificate)) chain.usage_causes.push_back(std::move(*cause));
  }
}

void set_conditions(X509_STORE_CTX* context, Timestamp at) {
  X509_VERIFY_PARAM* const param = X509_STORE_CTX_get0_param(context);
  // No purpose: the library's ones reject documentSigning; usage.h judges instead. STRICT: RFC 5280 in full.
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_time(
      param, static_cast<time_t>(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count()));
  X509_VERIFY_PARAM_set_depth(param, 6);
  X509_VERIFY_PARAM_set_auth_level(param, 2);  // 112 bits: no RSA below 2048, no SHA-1
}

}  // namespace

struct ChainBuilder::Anchors {
  StorePtr store;
  std::vector<CertificatePtr> intermediates;  // owners of what `untrusted` borrows
  BorrowedStackPtr untrusted;
};

ChainBuilder::ChainBuilder(const std::vector<CertificatePtr>& roots,
                           const std::vector<CertificatePtr>& intermediates, std::size_t capacity)
    : anchors_([&] {
        auto anchors = std::make_unique<Anchors>();
        anchors->store.reset(X509_STORE_new());
        anchors->untrusted.reset(sk_X509_new_null());
        anchors->intermediates = intermediates;
        for (const CertificatePtr& root : roots)
          X509_STORE_add_cert(anchors->store.get(), root->native().x509.get());
        for (const CertificatePtr& certificate : intermediates)
          sk_X509_push(anchors->untrusted.get(), certificate->native().x509.get());
        return anchors;
      }()),
      capacity_(std::max<std::size_t>(capacity, 1)) {}

ChainBuilder::~ChainBuilder() = default;

ChainPtr ChainBuilder::build(const CertificatePtr& certificate, Timestamp at) const {
  const ErrorQueueScope errors;
  auto chain = std::make_shared<Chain>();
  chain->usage_causes = signing_usage(*certificate);
  const auto weakness = key_weakness(*certificate);
  if (weakness) chain->usage_causes.push_back(*weakness);

  std::vector<Finding> findings;
  const StoreCtxPtr context(X509_STORE_CTX_new());
  if (context == nullptr ||
      X509_STORE_CTX_init(context.get(), anchors_->store.get(), certificate->native().x509.get(),
                          anchors_->untrusted.get()) != 1) {
    chain->path_causes.push_back(
        failure(ErrorCode::internal, "CHAIN_INVALID", "OpenSSL could not begin a path"));
    return chain;
  }
  set_conditions(context.get(), at);
  X509_STORE_CTX_set_app_data(context.get(), &findings);
  X509_STORE_CTX_set_verify_cb(context.get(), note);
  const int verified = X509_verify_cert(context.get());
  if (verified != 1 && findings.empty()) findings.push_back({X509_STORE_CTX_get_error(context.get()), 0});
  for (const Finding& finding : findings) {
    const bool told_already =
        is_validity(finding.code) || (weakness && finding.code == X509_V_ERR_EE_KEY_TOO_SMALL);
    if (!told_already) add_once(chain->path_causes, path_cause(finding, *certificate));
  }
  chain->path = path_of(context.get(), certificate);
  judge_path(*chain, at);
  return chain;
}

ChainPtr ChainBuilder::chain_of(const CertificatePtr& certificate, Timestamp at) const {
  {
    const std::shared_lock lock(mutex_);
    const auto found = good_.find(certificate->sha256());
    if (found != good_.end() && found->second->holds_at(at)) return found->second;
  }
  ChainPtr chain = build(certificate, at);
  remember(certificate->sha256(), chain);
  return chain;
}

// Only good ones: a bad one may become good (a certificate begins to be valid), and must not push good ones
// out.
void ChainBuilder::remember(const Digest& certificate, const ChainPtr& chain) const {
  const bool good =
      chain->path_causes.empty() && chain->usage_causes.empty() && chain->validity_causes.empty();
  const std::unique_lock lock(mutex_);
  ++built_;
  if (!good) return;
  if (!good_.insert_or_assign(certificate, chain).second) return;
  order_.push_back(certificate);
  if (order_.size() <= capacity_) return;
  good_.erase(order_.front());
  order_.pop_front();
}

std::size_t ChainBuilder::remembered() const {
  const std::shared_lock lock(mutex_);
  return good_.size();
}

std::uint64_t ChainBuilder::built() const {
  const std::shared_lock lock(mutex_);
  return built_;
}

}  // namespace tram::trust
