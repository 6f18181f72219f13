// A backup as it comes from a scripted node: whole, it gets its folder's name; anything less never does.
#include "tramctl/backup.h"

#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <functional>
#include <mutex>
#include <utility>

#include "tests/tramctl/temporary_folder.h"
#include "tramctl/backup_folder.h"
#include "tramctl/durable_file.h"
#include "tramctl/trust_files.h"

namespace tram::client {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Pieces = std::vector<v1::BackupPiece>;

v1::BackupPiece piece(const std::string& file, const std::string& data) {
  v1::BackupPiece out;
  out.set_file(file);
  out.set_data(data);
  return out;
}

v1::BackupPiece complete() {
  v1::BackupPiece out;
  out.set_complete(true);
  return out;
}

const Pieces kWhole{piece("backup.json", "{}"), piece("messages/messages.db", "first "),
                    piece("messages/messages.db", "second"), piece("content/segments/1", "abc"), complete()};
const Pieces kPart(kWhole.begin(), kWhole.begin() + 3);

/// Sends what the test gave it, then says how it ended.
class ScriptedNode final : public v1::Operations::Service {
 public:
  grpc::Status Backup(grpc::ServerContext*, const v1::BackupRequest*,
                      grpc::ServerWriter<v1::BackupPiece>* writer) override {
    asked = true;
    meanwhile();
    const auto [pieces, status] = script();
    for (const v1::BackupPiece& each : pieces) writer->Write(each);
    return status;
  }

  // Threads: any. A call that its client broke off may be under way still.
  void script(Pieces pieces, grpc::Status status) {
    const std::lock_guard lock(mutex_);
    script_ = {std::move(pieces), std::move(status)};
  }

  // Set and read by the test while no call is under way.
  std::function<void()> meanwhile = [] {};
  bool asked = false;

 private:
  using Script = std::pair<Pieces, grpc::Status>;
  Script script() {
    const std::lock_guard lock(mutex_);
    return script_;
  }

  std::mutex mutex_;  // guards script_
  Script script_{kWhole, grpc::Status::OK};
};

class Backup : public testing::Test {
 protected:
  Backup() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&node_);
    server_ = builder.BuildAndStart();
    stub_ = v1::Operations::NewStub(server_->InProcessChannel({}));
  }

  Result<BackupCopy> copy() { return copy_backup(*stub_, dir_); }
  Result<BackupCopy> copy(Pieces pieces, grpc::Status status = {}) {
    node_.script(std::move(pieces), std::move(status));
    return copy();
  }
  void put(const std::string& path) const { ASSERT_TRUE(write_durably(path, "mine", folder_ / "new")); }

  const TemporaryFolder folder_;
  const std::string dir_ = folder_ / "sonla", part_ = dir_ + ".part";
  ScriptedNode node_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::Operations::Stub> stub_;
};

TEST_F(Backup, AWholeOneGetsItsName) {
  const auto copied = copy();
  ASSERT_TRUE(copied) << copied.error().text();
  EXPECT_EQ(copied->folder, dir_);
  EXPECT_EQ(copied->files, 3U);
  EXPECT_EQ(copied->bytes, 17U);
  EXPECT_EQ(*read_file(dir_ + "/backup.json"), "{}");
  EXPECT_EQ(*read_file(dir_ + "/messages/messages.db"), "first second");
  EXPECT_EQ(*read_file(dir_ + "/content/segments/1"), "abc");
  EXPECT_FALSE(fs::exists(part_));
  EXPECT_EQ(fs::status(dir_).permissions(), fs::perms::owner_all);
}

TEST_F(Backup, ASlashBehindTheNameChangesNothing) {
  ASSERT_TRUE(copy_backup(*stub_, dir_ + "/"));
  EXPECT_TRUE(fs::exists(dir_ + "/backup.json"));
  EXPECT_FALSE(fs::exists(part_));
}

TEST_F(Backup, OneThatEndsTooEarlyHasNotItsName) {
  const auto copied = copy(kPart);
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().reason, "BACKUP_BROKEN_OFF");
  EXPECT_EQ(copied.error().code, ErrorCode::data_loss);
  EXPECT_THAT(copied.error().message, HasSubstr("not whole, and nothing of it stands at " + dir_));
  EXPECT_THAT(copied.error().remedy, HasSubstr(part_));
  EXPECT_EQ(copied.error().causes.at(0).reason, "COPY_INCOMPLETE");
  EXPECT_FALSE(fs::exists(dir_));
  EXPECT_EQ(*read_file(part_ + "/backup.json"), "{}");
}

TEST_F(Backup, OneThatTheNodeOrTheLineBreaksOffHasNotItsName) {
  const auto copied = copy(kPart, {grpc::StatusCode::UNAVAILABLE, "the line is cut"});
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().reason, "BACKUP_BROKEN_OFF");
  EXPECT_EQ(copied.error().code, ErrorCode::unavailable);
  EXPECT_THAT(copied.error().causes.at(0).message, HasSubstr("the line is cut"));
  EXPECT_FALSE(fs::exists(dir_));
}

TEST_F(Backup, AWordThatItIsCompleteMakesNoBackupOfNothing) {
  const auto copied = copy({complete()});
  ASSERT_FALSE(copied);
  EXPECT_FALSE(fs::exists(dir_));
}

TEST_F(Backup, TheNextOneReplacesTheRestOfABrokenOffOne) {
  ASSERT_FALSE(copy({piece("backup.json", "old"), piece("content/segments/7", "old")}));
  ASSERT_TRUE(fs::exists(part_ + "/content/segments/7"));
  ASSERT_TRUE(copy(kWhole));
  EXPECT_EQ(*read_file(dir_ + "/backup.json"), "{}");
  EXPECT_FALSE(fs::exists(dir_ + "/content/segments/7"));
  EXPECT_FALSE(fs::exists(part_));
}

TEST_F(Backup, TheRestOfABrokenOffOneStaysUntilTheNextBegins) {
  ASSERT_FALSE(copy(kPart));
  const auto refused = copy({}, {grpc::StatusCode::PERMISSION_DENIED, "not an operator"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::permission_denied) << "as the node said it";
  EXPECT_EQ(*read_file(part_ + "/messages/messages.db"), "first second");
}

TEST_F(Backup, ARefusalLeavesNothing) {
  ASSERT_FALSE(copy({}, {grpc::StatusCode::PERMISSION_DENIED, "not an operator"}));
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(Backup, AFolderThatIsThereIsRefusedBeforeTheNodeIsAsked) {
  fs::create_directory(dir_);
  const auto refused = copy();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "FOLDER_EXISTS");
  EXPECT_FALSE(node_.asked);
  EXPECT_FALSE(fs::exists(part_));
}

TEST_F(Backup, AFolderThatCannotBeMadeIsNamedBeforeTheNodeIsAsked) {
  const auto refused = copy_backup(*stub_, folder_ / "nowhere/sonla");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "FILE_UNWRITABLE");
  EXPECT_THAT(refused.error().message, HasSubstr("nowhere/sonla.part: No such file or directory"));
  EXPECT_FALSE(node_.asked);
}

TEST_F(Backup, AFolderThatComesMeanwhileIsLeftAlone) {
  node_.meanwhile = [this] {
    fs::create_directory(dir_);
    put(dir_ + "/mine");
  };
  const auto copied = copy();
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().reason, "BACKUP_BROKEN_OFF");
  EXPECT_EQ(copied.error().causes.at(0).reason, "FILE_UNWRITABLE");
  EXPECT_EQ(*read_file(dir_ + "/mine"), "mine");
  EXPECT_FALSE(fs::exists(dir_ + "/backup.json"));
}

TEST_F(Backup, WhatIsNotTheRestOfABackupIsNeverRemoved) {
  fs::create_directory(part_);
  put(part_ + "/mine");
  const auto folder = copy();
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().reason, "PART_EXISTS");
  EXPECT_EQ(*read_file(part_ + "/mine"), "mine");
  fs::remove_all(part_);
  put(part_);
  const auto file = copy();
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().reason, "PART_EXISTS");
  EXPECT_EQ(*read_file(part_), "mine");
  EXPECT_FALSE(node_.asked);
}

TEST_F(Backup, AnotherOneUnderWayIsLeftAlone) {
  const auto other = BackupFolder::open(dir_);
  ASSERT_TRUE(other);
  ASSERT_TRUE((*other)->take(piece("backup.json", "of the other")));
  const auto refused = copy();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "FOLDER_IN_USE");
  EXPECT_EQ(*read_file(part_ + "/backup.json"), "of the other");
}

TEST_F(Backup, NoNameLeadsOutOfTheFolder) {
  for (const char* name : {"", "/etc/x", "../x", "a/../../x", "A", "a\\b"}) {
    const auto copied = copy({piece("backup.json", "{}"), piece(name, "x"), complete()});
    ASSERT_FALSE(copied) << name;
    EXPECT_EQ(copied.error().causes.at(0).reason, "BACKUP_MALFORMED") << name;
    EXPECT_FALSE(fs::exists(folder_ / "x")) << name;
    EXPECT_FALSE(fs::exists(dir_)) << name;
  }
}

}  // namespace
}  // namespace tram::client
