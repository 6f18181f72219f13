// Receipts: evidence records of one node, proven to stand in its transparency log.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/sha256.h"

namespace tram {

/// A log entry and its place in the tree of a checkpoint kept beside it.
struct ProvenRecord {
  Bytes record;  ///< the entry's bytes: an evidence record in JSON
  std::uint64_t index = 0;
  std::vector<Digest> path;  ///< RFC 6962 audit path, from the leaf's sibling up
  bool operator==(const ProvenRecord&) const = default;
};

/// Many records under one checkpoint: one signature covers all of them.
struct ReceiptBundle {
  std::string origin;  ///< the log's name
  Bytes checkpoint;    ///< the signed note
  std::vector<ProvenRecord> records;
  bool operator==(const ReceiptBundle&) const = default;
};

}  // namespace tram
