// What one document system may send: documents a minute and bytes in flight, with a reserve for what is
// urgent.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/clock.h"
#include "exchange/identity.h"
#include "exchange/observer.h"
#include "exchange/settings.h"

namespace tram::exchange {

/// A system is an agency's system by its registry entry, however many certificates and streams it has. A
/// quota is a bucket that holds one minute's documents and fills evenly, by the steady clock. Documents of
/// priority 3 and 4 have a tenth of it beside the rest, and a quarter of the bytes: what the same system
/// sends in bulk never holds them back. Threads: any.
class QuotaBook {
 public:
  /// What a submission holds until it is answered; may outlive the book.
  class Ticket {
   public:
    virtual ~Ticket() = default;
  };

  /// All must outlive it.
  QuotaBook(const QuotaSettings& settings, const Clock& clock, Observer& observer)
      : settings_(settings), clock_(clock), observer_(observer) {}

  /// Before anything is promised. `priority` is asked only when the system is at its limit.
  /// RESOURCE_EXHAUSTED, QUOTA_DOCUMENTS or QUOTA_BYTES, with the time to wait.
  [[nodiscard]] Result<std::unique_ptr<Ticket>> admit(const Identity& who, std::uint64_t bytes,
                                                      const std::function<int()>& priority);

 private:
  class Held;
  struct Account {
    Quota quota;
    double documents = 0;  // that may come now
    double reserve = 0;    // of urgent ones beside them
    SteadyTime filled;
    std::uint64_t bytes = 0;  // in flight
    SteadyTime told = SteadyTime::min();
  };
  using System = std::pair<AgencyCode, std::string>;

  struct Accounts {
    std::mutex mutex;              // guards what follows
    std::map<System, Account> of;  // as many as the registry has systems
  };

  [[nodiscard]] Account& account_of(const System& system, SteadyTime now);
  [[nodiscard]] Quota quota_of(const System& system) const;
  void tell(const System& system, Account& account, SteadyTime now, const Error& error);

  const QuotaSettings& settings_;
  const Clock& clock_;
  Observer& observer_;
  const std::shared_ptr<Accounts> accounts_ = std::make_shared<Accounts>();
};

}  // namespace tram::exchange
