#include <tram/v1/exchange.grpc.pb.h>

#include <algorithm>
#include <limits>

#include "tramctl/commands.h"
#include "tramctl/connection.h"
#include "tramctl/inbox_text.h"

namespace tram::client {
namespace {

constexpr std::size_t kPage = 1000;

// Page by page, so that an inbox of any length can be listed.
Result<Waiting> ask(Context& context, std::size_t limit) {
  const Result<const Profile*> profile = context.profile();
  if (!profile) return profile.error();
  const Result<Connection> connection = connect(**profile);
  if (!connection) return connection.error();
  const auto stub = v1::Exchange::NewStub(connection->control);
  Waiting out;
  v1::ListInboxRequest request;
  do {
    request.set_limit(static_cast<std::uint32_t>(std::min(kPage, limit - out.deliveries.size())));
    const auto page = call<v1::ListInboxResponse>(*stub, &v1::Exchange::Stub::ListInbox, request);
    if (!page) return page.error();
    out.agency = page->agency();
    out.inbox = page->inbox();
    out.deliveries.insert(out.deliveries.end(), page->deliveries().begin(), page->deliveries().end());
    out.more = !page->next_page_token().empty();
    if (page->deliveries().empty()) break;  // a token without progress would never end
    request.set_page_token(page->next_page_token());
  } while (out.more && out.deliveries.size() < limit);
  return out;
}

Result<void> show_waiting(Context& context, std::size_t limit, const JournalState& journal) {
  const Result<Waiting> waiting = ask(context, limit);
  if (!waiting) return waiting.error();
  std::set<std::string> here;
  for (const Received& entry : journal.received) here.insert(entry.delivery_id);
  context.line(waiting_text(*waiting, here));
  for (const v1::WaitingDelivery& one : waiting->deliveries)
    context.print(waiting_json(one, here.contains(one.delivery_id())));
  return {};
}

void show_received(const Context& context, const std::string& dir, const JournalState& journal) {
  context.line(received_text(dir, journal));
  for (const Received& entry : journal.received)
    context.print(received_json(entry, journal.acknowledged.contains(entry.delivery_id)));
}

Result<JournalState> read_if_named(const std::string& dir) {
  if (dir.empty()) return JournalState{};
  return read_journal(dir);
}

}  // namespace

Result<int> inbox(Context& context, const InboxOptions& options) {
  if (options.local && options.dir.empty())
    return invalid("--local", "FOLDER_MISSING", "it is not said which folder", "give --dir DIR as well");
  const Result<JournalState> journal = read_if_named(options.dir);
  if (!journal) return journal.error();
  const std::size_t limit = options.limit == 0 ? std::numeric_limits<std::size_t>::max() : options.limit;
  Result<void> asked;
  if (!options.local) asked = show_waiting(context, limit, *journal);
  // What lies here is shown even if the node cannot be asked.
  if (!options.dir.empty()) show_received(context, options.dir, *journal);
  if (asked) return 0;
  Error error = asked.error();
  if (!options.dir.empty() && error.code == ErrorCode::unavailable)
    error.remedy += "; --local shows the folder alone";
  return error;
}

}  // namespace tram::client
