#include "tramctl/arguments.h"
#include "tramctl/commands.h"
#include "tramctl/draft.h"
#include "tramctl/journal.h"
#include "tramctl/submit.h"

namespace tram::client {
namespace {

// The one message of that id that was received into the folder.
Result<MessageKey> find_in(const std::string& dir, const std::string& id) {
  const Result<JournalState> journal = read_journal(dir);
  if (!journal) return journal.error();
  const Received* found = nullptr;
  for (const Received& entry : journal->received) {
    if (entry.key.id.text() != id || entry.kind != MessageKind::dispatch) continue;
    if (found && found->key != entry.key)
      return invalid("MESSAGE", "SENDER_AMBIGUOUS", "several agencies sent a document with this id",
                     "write SENDER/ID");
    found = &entry;
  }
  if (!found)
    return invalid("MESSAGE", "NOT_RECEIVED", dir + " holds no document with this id", "write SENDER/ID");
  return found->key;
}

Result<MessageKey> key_of(const StatusOptions& options) {
  AgencyCode sender;
  if (!options.sender.empty()) {
    const Result<AgencyCode> code = agency_from(options.sender, "--sender");
    if (!code) return code.error();
    sender = *code;
  }
  if (sender.empty() && options.message.find('/') == std::string::npos && !options.dir.empty())
    return find_in(options.dir, options.message);
  return key_from(options.message, sender, "MESSAGE");
}

}  // namespace

Result<int> status(Context& context, const StatusOptions& options) {
  const Result<AgencyCode> agency = context.agency();
  if (!agency) return agency.error();
  const Result<MessageKey> about = key_of(options);
  if (!about) return about.error();
  const auto submission = draft_status(options, *agency, *about, context.clock().now());
  if (!submission) return submission.error();
  const Result<Connection> connection = connect(**context.profile());
  if (!connection) return connection.error();
  const auto accepted = submit(context, *connection, *submission, {}, options.submit);
  if (!accepted) return accepted.error();
  context.line("status " + two_digits(submission->status->code) + " " +
               std::string(name(submission->status->code)) + " reported to " + about->sender.text());
  print_accepted(context, *submission, *accepted);
  return 0;
}

}  // namespace tram::client
