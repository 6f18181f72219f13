#include "tests/contract/message_store_contract.h"

#include <utility>

namespace tram::contract {

using namespace exchange;

StoredMessage message(const std::string& id) {
  StoredMessage out;
  out.key = key(id);
  out.kind = MessageKind::dispatch;
  out.priority = Priority::express;
  out.header = R"({"id":")" + id + "\"}";
  out.signature = Bytes("\0\x30\xff", 3) + id;
  out.certificate = Sha256::of("certificate");
  out.header_digest = Sha256::of(out.header);
  out.submitted_digest = Sha256::of("submitted", id);
  out.contents = {{"s-0000000001", 4096, 10240}, {"u-0f", 0, 5'000'000'000}};
  out.references = {key("earlier", "G09.02")};
  out.from_link = "axis";
  out.trace = {agency("H37"), agency("A01")};
  out.stored_at = from_micros(1'700'000'000'123'456);
  out.verdict = "{}";
  out.log_index = 7;
  return out;
}

OutgoingItem outgoing(MessageRow row, const std::string& link, int priority) {
  OutgoingItem item;
  item.link = link;
  item.priority = priority;
  item.sender = agency("H52.01");
  item.message = row;
  item.recipients = {agency("G09.02"), agency("G09.03")};
  item.queued_at = from_micros(5);
  return item;
}

InboxItem inbox(MessageRow row, const std::string& code, const std::string& name, int priority) {
  InboxItem item;
  item.message = row;
  item.agency = agency(code);
  item.inbox = name;
  item.priority = priority;
  item.sender = agency("H52.01");
  item.queued_at = from_micros(6);
  return item;
}

Result<void> commit(MessageStore& store, UnitOfWork work, bool urgent) {
  auto answered = std::make_shared<std::promise<Result<void>>>();
  auto answer = answered->get_future();
  store.submit(
      std::move(work), [answered](Result<void> result) { answered->set_value(std::move(result)); }, urgent);
  return answer.get();
}

void committed(MessageStore& store, std::function<void(Transaction&)> work) {
  const auto result = commit(store, [work = std::move(work)](Transaction& transaction) -> Result<void> {
    work(transaction);
    return {};
  });
  ASSERT_TRUE(result) << result.error().text();
}

MessageRow MessageStoreContract::add(const std::string& id) {
  MessageRow row{};
  committed(store(), [&](Transaction& transaction) { row = transaction.insert(message(id)); });
  return row;
}

QueueRow MessageStoreContract::send(const std::string& id, int priority, const std::string& link) {
  QueueRow row{};
  committed(store(), [&](Transaction& transaction) {
    row = transaction.queue_outgoing(outgoing(transaction.insert(message(id)), link, priority));
  });
  return row;
}

QueueRow MessageStoreContract::deliver(const std::string& id, int priority, const std::string& name) {
  QueueRow row{};
  committed(store(), [&](Transaction& transaction) {
    row = transaction.queue_inbox(inbox(transaction.insert(message(id)), "H52.05", name, priority));
  });
  return row;
}

HeldCommitter::HeldCommitter(MessageStore& store) {
  store.submit(
      [this](Transaction&) -> Result<void> {
        entered_.set_value();
        let_go_.get_future().wait();
        return {};
      },
      {});
  entered_.get_future().wait();
}

void HeldCommitter::release() {
  if (std::exchange(held_, false)) let_go_.set_value();
}

}  // namespace tram::contract
