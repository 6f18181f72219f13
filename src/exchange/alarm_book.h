// The list of alarms: in memory for whoever asks, in the store for the next start.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "exchange/alarms.h"
#include "exchange/context.h"

namespace tram::exchange {

/// What changes is written behind, by at most one unit of work at a time, however often it changes: nobody
/// outside can make it write more. That an alarm was seen again is written at the next tick. Threads: any.
class AlarmBook final : public Alarms {
 public:
  static constexpr std::size_t kSubjectsOfAKind = 100;
  static constexpr const char* kOthers = "others";

  explicit AlarmBook(const Context& context) : context_(context) {}

  /// What the last run left open.
  void load();
  /// From time to time: writes what was seen again, and lets go of events that were put aside long ago.
  void tick();

  void raise(AlarmKind kind, const std::string& subject, const std::string& detail) override;
  void clear(AlarmKind kind, const std::string& subject) override;
  void hold(AlarmKind kind, const std::vector<AlarmCondition>& conditions) override;
  [[nodiscard]] std::vector<Alarm> list() const override;
  void acknowledge(const Identity& who, AlarmKind kind, const std::string& subject,
                   std::function<void(Result<Alarm>)> done) override;

 private:
  using Key = std::pair<AlarmKind, std::string>;
  using Conditions = std::map<std::string, AlarmCondition>;

  // REQUIRES of these: mutex_ is held.
  [[nodiscard]] Key place_of(AlarmKind kind, const std::string& subject) const;
  void begin(const Key& key, const AlarmCondition& condition);
  void end(const Key& key);
  void see_again(Alarm& alarm, const AlarmCondition& condition);
  void write_behind(const Key& key);

  [[nodiscard]] static Conditions gathered(const std::vector<AlarmCondition>& conditions);
  void write();
  void wrote(const std::set<Key>& keys, const Result<void>& committed);
  Result<Alarm> put_aside(Transaction& transaction, const Identity& who, const Key& key,
                          std::optional<EvidenceRecord>& record);
  void take_back(const std::optional<Alarm>& seen, std::optional<EvidenceRecord>& record);

  const Context& context_;
  // Guards what follows. The observer is told under it, so that it hears in order; it does not call back.
  mutable std::mutex mutex_;
  std::map<Key, Alarm> alarms_;
  std::set<Key> unwritten_;
  std::set<Key> seen_again_;  // to be written at the next tick
  bool writing_ = false;
};

}  // namespace tram::exchange
