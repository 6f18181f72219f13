#include "store/sqlite/content_use.h"

#include "store/sqlite/packing.h"

namespace tram::store {

using exchange::ContentLocation;
using exchange::MessageRow;

void fill_content_use(Database& database) {
  Query query = database.query("SELECT row, contents FROM message WHERE contents <> x'00'");
  while (query.next()) add_content_use(database, query.as<MessageRow>(0), unpack_locations(query.bytes(1)));
}

void add_content_use(Database& database, MessageRow message, const std::vector<ContentLocation>& contents) {
  for (const ContentLocation& place : contents)
    database.run(
        "INSERT INTO content_use (container, message, bytes) VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes",
        place.container, message, place.length);
}

void remove_content_use(Database& database, MessageRow message,
                        const std::vector<ContentLocation>& contents) {
  for (const ContentLocation& place : contents)
    database.run("DELETE FROM content_use WHERE container = ? AND message = ?", place.container, message);
}

}  // namespace tram::store
