#include "log/tile_cache.h"

#include <algorithm>
#include <utility>

namespace tram::log {

const TileNodes* TileCache::find(unsigned level, std::uint64_t index) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.index == index && entry.level == level;
  });
  if (found == entries_.end()) return nullptr;
  std::rotate(entries_.begin(), found, found + 1);
  return entries_.front().tile.get();
}

const TileNodes& TileCache::put(unsigned level, std::uint64_t index, TileNodes tile) {
  if (entries_.size() == kCachedTiles) entries_.pop_back();
  entries_.insert(entries_.begin(), Entry{level, index, std::make_shared<const TileNodes>(std::move(tile))});
  return *entries_.front().tile;
}

}  // namespace tram::log
