#include "tramctl/commands.h"
#include "tramctl/draft.h"
#include "tramctl/submit.h"

namespace tram::client {

Result<int> send(Context& context, const SendOptions& options) {
  const Result<AgencyCode> sender = context.agency();
  if (!sender) return sender.error();
  const auto files = examine_files(context, options.files);
  if (!files) return files.error();
  std::vector<Attachment> attachments;
  for (const SourceFile& file : *files) attachments.push_back(file.attachment);
  const auto submission = draft_document(options, *sender, std::move(attachments), context.clock().now());
  if (!submission) return submission.error();
  const Result<Connection> connection = connect(**context.profile());
  if (!connection) return connection.error();
  const auto accepted = submit(context, *connection, *submission, *files, options.submit);
  if (!accepted) return accepted.error();
  print_accepted(context, *submission, *accepted);
  return 0;
}

}  // namespace tram::client
