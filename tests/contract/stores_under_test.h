// Every implementation of the store ports, behind one way to open it again.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "exchange/content_collector.h"
#include "exchange/content_store.h"
#include "exchange/message_store.h"
#include "store/content_options.h"

namespace tram::contract {

/// A message store that can be closed and opened again over what it kept.
class MessageStoreUnderTest {
 public:
  virtual ~MessageStoreUnderTest() = default;
  [[nodiscard]] virtual exchange::MessageStore& store() = 0;
  virtual void reopen() = 0;
  /// Closes it for good; joins its threads.
  virtual void close() = 0;
  /// What the content store's flush answers from now on.
  virtual void fail_flushes() = 0;
  /// Runs when the store gives up.
  std::function<void(const Error&)> on_failure = [](const Error&) {};
};

struct MessageStoreKind {
  std::string name;
  std::function<std::unique_ptr<MessageStoreUnderTest>()> make;
};

[[nodiscard]] MessageStoreKind memory_messages();
[[nodiscard]] MessageStoreKind sqlite_messages();

/// A content store that can be closed and opened again.
class ContentStoreUnderTest {
 public:
  virtual ~ContentStoreUnderTest() = default;
  [[nodiscard]] virtual exchange::ContentStore& store() = 0;
  [[nodiscard]] virtual exchange::ContentCollector& collector() = 0;
  virtual void reopen() = 0;
};

struct ContentStoreKind {
  std::string name;
  std::function<std::unique_ptr<ContentStoreUnderTest>(const store::ContentOptions&)> make;
};

[[nodiscard]] ContentStoreKind memory_contents();
[[nodiscard]] ContentStoreKind file_contents();

}  // namespace tram::contract
