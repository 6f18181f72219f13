// The one list of alarms of a node.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "exchange/identity.h"
#include "model/alarm.h"

namespace tram::exchange {

/// A condition that holds now.
struct AlarmCondition {
  std::string subject;
  std::string detail;
  std::optional<Timestamp> since;  ///< if that is known; else when it was first seen
  std::uint64_t count = 1;         ///< how many things it stands for
};

/// Kinds that end by themselves (ends_by_itself()) are told as conditions, the others as events. An
/// acknowledged event leaves the list a day after it was last seen. At most 100 subjects of a kind are kept
/// apart, for they may come from outside: further ones stand together as "others". Texts are cut and cleaned.
/// Threads: every method, any thread; none blocks on the disk.
class Alarms {
 public:
  virtual ~Alarms() = default;
  /// It happened once more. What was acknowledged before asks to be seen again.
  virtual void raise(AlarmKind kind, const std::string& subject, const std::string& detail) = 0;
  /// It is over. Nothing happens if it is not in the list.
  virtual void clear(AlarmKind kind, const std::string& subject) = 0;
  /// All conditions of a kind that hold now: new ones are raised, those missing cleared.
  virtual void hold(AlarmKind kind, const std::vector<AlarmCondition>& conditions) = 0;
  /// By kind and subject.
  [[nodiscard]] virtual std::vector<Alarm> list() const = 0;
  /// An operator has seen it: an evidence record naming the certificate. `done` once, on any thread, after
  /// the commit. PERMISSION_DENIED for who is no operator; NOT_FOUND. Twice is as once.
  virtual void acknowledge(const Identity& who, AlarmKind kind, const std::string& subject,
                           std::function<void(Result<Alarm>)> done) = 0;
};

}  // namespace tram::exchange
