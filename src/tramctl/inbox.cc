#include "codec/header_fields.h"
#include "tramctl/commands.h"
#include "tramctl/journal.h"
#include "tramctl/text.h"

namespace tram::client {

Result<int> inbox(Context& context, const InboxOptions& options) {
  const Result<JournalState> journal = read_journal(options.dir);
  if (!journal) return journal.error();
  Table table({"RECEIVED", "MESSAGE", "WHAT", "VERDICT", "ACKNOWLEDGED"});
  for (const Received& entry : journal->received) {
    const bool acknowledged = journal->acknowledged.contains(entry.delivery_id);
    const std::string what = (entry.kind == MessageKind::status ? "status " : "") + shown(entry.summary);
    table.add({local_time(entry.received_at), entry.key.sender.text() + "/" + entry.key.id.text(), what,
               shown(entry.verdict), acknowledged ? "yes" : "not yet"});
    boost::json::object out;
    out["delivery_id"] = entry.delivery_id;
    out["recipient"] = entry.recipient.text();
    out["sender"] = entry.key.sender.text();
    out["id"] = entry.key.id.text();
    out["kind"] = codec::spelling(entry.kind);
    out["received_at"] = to_rfc3339(entry.received_at);
    out["summary"] = entry.summary;
    out["verdict"] = entry.verdict;
    out["acknowledged"] = acknowledged;
    context.print(out);
  }
  context.line(table.empty() ? "nothing was received into " + options.dir : table.text());
  return 0;
}

}  // namespace tram::client
