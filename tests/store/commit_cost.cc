// What one document costs the committer: run by hand, not by ctest.
//
//   commit_cost [FOLDER [PAGE_SIZE [DOCUMENTS [BATCH]]]]
//
// Each document is what one node writes for it: 10 KB of content in a segment, the message, its recipient,
// one copy for a link or an inbox, two log entries; then its hand-over: the copy removed, the recipient moved
// on and one more entry. Prints the wall and CPU time of both halves.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "store/content/file_content_store.h"
#include "store/sqlite/sqlite_message_store.h"

namespace tram {
namespace {

using namespace exchange;

double cpu_seconds(int who) {
  rusage used{};
  ::getrusage(who, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

class Stopwatch {
 public:
  void print(const char* what, int documents) const {
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start_;
    std::printf("%-28s %7.1f us wall, %7.1f us CPU a document\n", what, wall.count() * 1e6 / documents,
                (cpu_seconds(RUSAGE_SELF) - cpu_) * 1e6 / documents);
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  const double cpu_ = cpu_seconds(RUSAGE_SELF);
};

AgencyCode agency(const char* code) { return AgencyCode::parse(code).value(); }

StoredMessage document(int number) {
  StoredMessage message;
  message.key = {agency("H52.01"),
                 MessageId("01970000-0000-7000-8000-" + std::to_string(100'000'000'000 + number))};
  message.header = Bytes(1500, 'h');
  message.signature = Bytes(700, 's');
  message.header_digest = Sha256::of("header", message.key.id.text());
  message.submitted_digest = Sha256::of("submitted", message.key.id.text());
  message.verdict = Bytes(250, 'v');
  message.stored_at = from_micros(1'700'000'000'000'000 + number);
  return message;
}

class Load {
 public:
  Load(MessageStore& store, ContentStore& contents, int batch)
      : store_(store), contents_(contents), batch_(batch) {}

  // Keeps up to two batches in flight, so that one waits while the other commits.
  void run(int documents, const std::function<UnitOfWork(int)>& unit) {
    std::deque<std::future<void>> answers;
    const double before = committer_cpu_;
    for (int number = 0; number < documents; ++number) {
      answers.push_back(submit(unit(number)));
      for (int i = 0; i < batch_ && answers.size() >= 2 * static_cast<std::size_t>(batch_); ++i) {
        answers.front().get();
        answers.pop_front();
      }
    }
    for (auto& answer : answers) answer.get();
    std::printf("%28s %7.1f us CPU of the committer's\n", "", (committer_cpu_ - before) * 1e6 / documents);
  }

  UnitOfWork accept(int number) {
    const auto location = contents_.append(content_).value();
    return [this, number, location](Transaction& transaction) -> Result<void> {
      StoredMessage message = document(number);
      message.contents = {location};
      if (transaction.find(message.key)) return failure(ErrorCode::already_exists, "TWICE", "twice");
      message.log_index = transaction.log_size();
      const MessageRow row = transaction.insert(message);
      transaction.append_record(record_, row, "");
      transaction.append_record(record_, row, "");
      transaction.put_recipient(row, {agency("G09.02"), RecipientState::accepted, "", std::nullopt, {}});
      OutgoingItem item;
      item.link = "axis";
      item.message = row;
      item.recipients = {agency("G09.02")};
      transaction.queue_outgoing(item);
      return {};
    };
  }

  UnitOfWork hand_over(const OutgoingItem& item) {
    return [this, item](Transaction& transaction) -> Result<void> {
      transaction.remove_outgoing(item.row);
      transaction.put_recipient(*item.message,
                                {agency("G09.02"), RecipientState::handed_over, "", std::nullopt, {}});
      transaction.append_record(record_, item.message, "");
      return {};
    };
  }

 private:
  std::future<void> submit(UnitOfWork unit) {
    auto answered = std::make_shared<std::promise<void>>();
    auto answer = answered->get_future();
    store_.submit(std::move(unit), [this, answered](const Result<void>& result) {
      if (!result) std::abort();
      committer_cpu_ = cpu_seconds(RUSAGE_THREAD);  // this is its thread
      answered->set_value();
    });
    return answer;
  }

  MessageStore& store_;
  ContentStore& contents_;
  const int batch_;
  std::atomic<double> committer_cpu_ = 0;
  const Bytes content_ = Bytes(10240, 'c');
  const Bytes record_ = Bytes(450, 'r');
};

int main_with(const std::string& folder, int page_size, int documents, int batch) {
  const auto contents = store::FileContentStore::open(folder).value();
  const auto messages =
      store::SqliteMessageStore::open(folder, {*contents,
                                               [](const Error& error) {
                                                 std::fprintf(stderr, "%s\n", error.text().c_str());
                                                 std::abort();
                                               },
                                               "", page_size})
          .value();
  Load load(*messages, *contents, batch);
  std::printf("%d documents, %d in flight, pages of %d bytes\n", documents, batch, page_size);
  const Stopwatch accepting;
  load.run(documents, [&](int number) { return load.accept(number); });
  accepting.print("accept", documents);
  std::vector<OutgoingItem> items;
  const Stopwatch claiming;
  for (auto some = messages->claim_outgoing("axis", {}, "owner", 64); !some.empty();
       some = messages->claim_outgoing("axis", {}, "owner", 64))
    items.insert(items.end(), some.begin(), some.end());
  claiming.print("claim", documents);
  const Stopwatch handing_over;
  load.run(documents, [&](int number) { return load.hand_over(items.at(static_cast<std::size_t>(number))); });
  handing_over.print("hand over", documents);
  return 0;
}

}  // namespace
}  // namespace tram

int main(int argc, char** argv) {
  const auto number = [&](int place, int otherwise) {
    return argc > place ? std::atoi(argv[place]) : otherwise;
  };
  return tram::main_with(argc > 1 ? argv[1] : "commit-cost.data", number(2, 4096), number(3, 20000),
                         number(4, 64));
}
