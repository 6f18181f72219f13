#include "store/node_backup.h"

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

namespace tram::store {

using namespace exchange;

namespace {

constexpr std::size_t kPiece = 256 * 1024;
constexpr std::size_t kListed = 256;

Error unreadable(const std::string& path) {
  Error error = failure(ErrorCode::internal, "BACKUP_UNREADABLE", "the copy cannot be read",
                        "look at the disk, then begin the backup anew");
  error.place = path;
  return error;
}

std::string place_of(const Container& container) {
  return container.kind == Container::Kind::segment ? "content/segments/" + container.name
                                                    : "content/uploads/" + container.name + ".bin";
}

}  // namespace

Bytes write_backup_origin(const BackupOrigin& origin) {
  boost::json::object out{{"version", 1},
                          {"node", origin.node},
                          {"log_origin", origin.log_origin},
                          {"taken_at", to_rfc3339(origin.taken_at)},
                          {"log_size", origin.log_size}};
  if (origin.lacks_since) out["lacks_since"] = to_rfc3339(*origin.lacks_since);
  return boost::json::serialize(out) + "\n";
}

Result<BackupOrigin> read_backup_origin(BytesView json) {
  const Error malformed =
      failure(ErrorCode::data_loss, "BACKUP_MALFORMED", "backup.json is not that of a backup",
              "restore the folder that tramctl backup wrote, whole");
  boost::system::error_code error;
  const auto value = boost::json::parse(boost::json::string_view(json.data(), json.size()), error);
  if (error || !value.is_object()) return malformed;
  const auto& object = value.as_object();
  const auto text = [&](const char* name) {
    const auto* found = object.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
  };
  const auto* size = object.if_contains("log_size");
  const auto taken_at = from_rfc3339(text("taken_at"));
  if (size == nullptr || !size->is_int64() || size->as_int64() < 0 || !taken_at || text("log_origin").empty())
    return malformed;
  BackupOrigin out{text("node"), text("log_origin"), *taken_at, static_cast<std::uint64_t>(size->as_int64())};
  if (const auto lacks_since = from_rfc3339(text("lacks_since"))) out.lacks_since = *lacks_since;
  return out;
}

// backup.json, the database's copy, then each container as long as it was when it was listed: what the
// database refers to lies before that.
class NodeBackup::Copy final : public Backup {
 public:
  explicit Copy(NodeBackup& owner) : owner_(owner), database_(owner.database_copy()) {}
  ~Copy() override {
    owner_.remove_database_copy();
    owner_.under_way_ = false;
  }

  Result<void> begin() {
    const BackupOrigin origin{owner_.node_, owner_.log_origin_, owner_.clock_.now(),
                              owner_.messages_.log_size()};
    about_ = write_backup_origin(origin);
    // Held before the database is copied: nothing it refers to can go meanwhile. What came meanwhile is new.
    if (auto held = hold_all(); !held) return held;
    if (auto copied = owner_.messages_.copy_to(database_); !copied) return copied;
    if (auto held = hold_all(); !held) return held;
    file_.open(database_, std::ios::binary);
    if (!file_) return unreadable(database_);
    return {};
  }

  Result<std::optional<BackupPiece>> next() override {
    if (!about_.empty()) return std::optional(BackupPiece{kBackupFile, std::exchange(about_, {})});
    if (file_.is_open()) return database_piece();
    return content_piece();
  }

 private:
  struct Held {
    Container container;
    ContentLocation location;
  };

  // By name: there may be very many, and each is met twice.
  using AllHeld = std::map<std::string, Held>;

  Result<void> hold_all() {
    const auto listing = owner_.contents_.containers();
    while (true) {
      auto some = listing->next(kListed);
      if (!some) return some.error();
      if (some->empty()) return {};
      for (Container& each : *some) hold(std::move(each));
    }
  }

  // One that is gone by now is referred to by nobody.
  void hold(Container container) {
    if (container.kind == Container::Kind::unfinished) return;
    auto held = owner_.contents_.hold({container.name, 0, container.bytes});
    if (!held) return;
    std::string name = container.name;
    held_.insert_or_assign(std::move(name),
                           Held{std::move(container), *std::move(held)});  // it may have grown
  }

  Result<std::optional<BackupPiece>> database_piece() {
    Bytes bytes(kPiece, '\0');
    file_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file_.gcount()));
    if (file_.bad()) return unreadable(database_);
    if (!bytes.empty()) return std::optional(BackupPiece{"messages/messages.db", std::move(bytes)});
    file_.close();
    return content_piece();
  }

  Result<std::optional<BackupPiece>> content_piece() {
    while (!held_.empty() && offset_ >= held_.begin()->second.container.bytes) {
      held_.erase(held_.begin());
      offset_ = 0;
    }
    if (held_.empty()) return std::optional<BackupPiece>();
    const Held& held = held_.begin()->second;
    auto bytes = owner_.contents_.read(held.location, offset_, kPiece);
    if (!bytes) return bytes.error();
    if (bytes->empty()) return unreadable(held.container.name);
    offset_ += bytes->size();
    return std::optional(BackupPiece{place_of(held.container), std::move(*bytes)});
  }

  NodeBackup& owner_;
  const std::string database_;
  Bytes about_;
  std::ifstream file_;
  AllHeld held_;  // what is still to be copied; the first of it is under way
  std::uint64_t offset_ = 0;
};

NodeBackup::NodeBackup(std::string data, std::string node, std::string log_origin,
                       const SqliteMessageStore& messages, FileContentStore& contents, Clock& clock)
    : data_(std::move(data)),
      node_(std::move(node)),
      log_origin_(std::move(log_origin)),
      messages_(messages),
      contents_(contents),
      clock_(clock) {
  remove_database_copy();
}

std::string NodeBackup::database_copy() const { return data_ + "/backup.db"; }

void NodeBackup::remove_database_copy() const {
  std::error_code ignored;
  std::filesystem::remove(database_copy(), ignored);
}

Result<std::unique_ptr<Backup>> NodeBackup::begin() {
  if (under_way_.exchange(true)) {
    return failure(ErrorCode::resource_exhausted, "BACKUP_UNDER_WAY", "another backup is under way",
                   "wait until it has ended");
  }
  auto copy = std::make_unique<Copy>(*this);
  if (auto begun = copy->begin(); !begun) return begun.error();
  return std::unique_ptr<Backup>(std::move(copy));
}

}  // namespace tram::store
