#include "tramctl/backup.h"

#include <boost/json/object.hpp>

#include "tramctl/backup_folder.h"
#include "tramctl/commands.h"
#include "tramctl/connection.h"

namespace tram::client {
namespace {

Error broken_off(const BackupFolder& folder, const Error& cause) {
  Error error = failure(cause.code, "BACKUP_BROKEN_OFF",
                        "the backup is not whole, and nothing of it stands at " + folder.dir() +
                            "; what came of it lies in " + folder.part(),
                        "begin again: the next backup to " + folder.dir() + " replaces " + folder.part());
  error.causes.push_back(cause);
  return error;
}

Result<void> receive_into(BackupFolder& folder, v1::Operations::StubInterface& stub) {
  grpc::ClientContext call;
  const auto stream = stub.Backup(&call, v1::BackupRequest());
  Result<void> taken;
  for (v1::BackupPiece piece; taken && stream->Read(&piece);) taken = folder.take(piece);
  if (!taken) call.TryCancel();
  const grpc::Status status = stream->Finish();
  if (!taken) return taken;
  if (!status.ok()) return error_of(status);
  if (folder.complete()) return {};
  return failure(ErrorCode::data_loss, "COPY_INCOMPLETE", "the node's copy ended before it was complete",
                 "look at the node's log");
}

}  // namespace

Result<BackupCopy> copy_backup(v1::Operations::StubInterface& stub, const std::string& dir) {
  const auto folder = BackupFolder::open(dir);
  if (!folder) return folder.error();
  auto done = receive_into(**folder, stub);
  if (done) done = (*folder)->publish();
  if (!done) return (*folder)->begun() ? broken_off(**folder, done.error()) : done.error();
  return BackupCopy{(*folder)->dir(), (*folder)->files(), (*folder)->bytes()};
}

Result<int> backup(Context& context, const BackupOptions& options) {
  const Result<const Profile*> profile = context.profile();
  if (!profile) return profile.error();
  const Result<Connection> connection = connect(**profile);
  if (!connection) return connection.error();
  const auto stub = v1::Operations::NewStub(connection->content);
  const Result<BackupCopy> copy = copy_backup(*stub, options.dir);
  if (!copy) return copy.error();
  context.print(
      boost::json::object{{"folder", copy->folder}, {"files", copy->files}, {"bytes", copy->bytes}});
  context.line(copy->folder + ": " + std::to_string(copy->files) + " files, " + std::to_string(copy->bytes) +
               " bytes. To restore it, see 'Backup and restore' in README.md.");
  return 0;
}

}  // namespace tram::client
