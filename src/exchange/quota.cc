#include "exchange/quota.h"

#include <algorithm>

namespace tram::exchange {
namespace {

constexpr int kUrgent = 3;
constexpr Duration kBetweenNotes = std::chrono::seconds(10);
constexpr std::chrono::milliseconds kShortestWait{200};
constexpr std::chrono::milliseconds kWaitForBytes{1000};  // until something in flight is answered

double per_second(const Quota& quota) { return quota.documents_per_minute / 60.0; }
double most_reserve(const Quota& quota) { return std::max(1.0, quota.documents_per_minute / 10.0); }

Error exhausted(std::string reason, std::string message, std::chrono::milliseconds wait) {
  Error error = failure(ErrorCode::resource_exhausted, std::move(reason), std::move(message),
                        "send it again after the time stated, or ask the node's operator for a larger quota");
  error.retry_after = std::max(wait, kShortestWait);
  return error;
}

}  // namespace

class QuotaBook::Held final : public Ticket {
 public:
  Held(std::shared_ptr<Accounts> accounts, System system, std::uint64_t bytes)
      : accounts_(std::move(accounts)), system_(std::move(system)), bytes_(bytes) {}
  ~Held() override {
    const std::lock_guard lock(accounts_->mutex);
    accounts_->of.at(system_).bytes -= bytes_;
  }

 private:
  const std::shared_ptr<Accounts> accounts_;
  const System system_;
  const std::uint64_t bytes_;
};

Quota QuotaBook::quota_of(const System& system) const {
  for (const System& named : {system, System(system.first, "")}) {
    if (const auto found = settings_.of.find(named); found != settings_.of.end()) return found->second;
  }
  return settings_.each;
}

// Filled up to now. REQUIRES: the accounts' mutex.
QuotaBook::Account& QuotaBook::account_of(const System& system, SteadyTime now) {
  const auto [at, fresh] = accounts_->of.try_emplace(system);
  Account& account = at->second;
  if (fresh) {
    account.quota = quota_of(system);
    account.documents = account.quota.documents_per_minute;
    account.reserve = most_reserve(account.quota);
    account.filled = now;
  }
  const double seconds = std::chrono::duration<double>(now - account.filled).count();
  account.filled = now;
  account.documents = std::min<double>(account.quota.documents_per_minute,
                                       account.documents + seconds * per_second(account.quota));
  account.reserve =
      std::min(most_reserve(account.quota), account.reserve + seconds * most_reserve(account.quota) / 60.0);
  return account;
}

Result<std::unique_ptr<QuotaBook::Ticket>> QuotaBook::admit(const Identity& who, std::uint64_t bytes,
                                                            const std::function<int()>& priority) {
  const System system{who.agency, who.system};
  const SteadyTime now = clock_.steady_now();
  const std::lock_guard lock(accounts_->mutex);
  Account& account = account_of(system, now);
  const auto room_for = [&](std::uint64_t most) {
    return account.bytes == 0 || account.bytes + bytes <= most;
  };
  const std::uint64_t most = account.quota.bytes_in_flight;
  const bool within = account.documents >= 1 && room_for(most);
  const bool urgent = !within && priority() >= kUrgent;
  if (!room_for(urgent ? most + most / 4 : most)) {
    const Error error = exhausted("QUOTA_BYTES",
                                  "system " + who.system + " of " + who.agency.text() + " has " +
                                      std::to_string(account.bytes) + " bytes in flight, its quota is " +
                                      std::to_string(most),
                                  kWaitForBytes);
    tell(system, account, now, error);
    return error;
  }
  if (account.documents >= 1) {
    account.documents -= 1;
  } else if (urgent && account.reserve >= 1) {
    account.reserve -= 1;
  } else {
    const double wait = (1 - account.documents) / per_second(account.quota);
    const Error error =
        exhausted("QUOTA_DOCUMENTS",
                  "system " + who.system + " of " + who.agency.text() + " sends more than " +
                      std::to_string(account.quota.documents_per_minute) + " documents a minute",
                  std::chrono::milliseconds(static_cast<std::int64_t>(wait * 1000) + 1));
    tell(system, account, now, error);
    return error;
  }
  account.bytes += bytes;
  return std::unique_ptr<Ticket>(std::make_unique<Held>(accounts_, system, bytes));
}

// A line a while: whoever is over its quota must not fill the log.
void QuotaBook::tell(const System& system, Account& account, SteadyTime now, const Error& error) {
  if (account.told != SteadyTime::min() && now - account.told < kBetweenNotes) return;
  account.told = now;
  observer_.note("quota exceeded", system.first.text() + "/" + system.second + ": " + error.message);
}

}  // namespace tram::exchange
