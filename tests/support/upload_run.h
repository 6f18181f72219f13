// One upload from node to node, piece by piece; goes on where an earlier one broke off.
#pragma once

#include <functional>
#include <memory>

#include "tests/support/network.h"

namespace tram::sim {

class UploadRun : public std::enable_shared_from_this<UploadRun> {
 public:
  using Done = std::function<void(Result<void>)>;
  UploadRun(Network& network, AgencyCode from, AgencyCode to, Attachment attachment,
            exchange::ContentLocation location, Done done);
  void begin() { later(&UploadRun::open); }

 private:
  void open();
  void write();
  void later(void (UploadRun::*step)());
  void end(const Result<void>& result);

  Network& network_;
  const AgencyCode from_;
  const AgencyCode to_;
  const LifePtr life_;
  const Attachment attachment_;
  const exchange::ContentLocation location_;
  Done done_;
  LifePtr peer_life_;
  std::unique_ptr<exchange::Upload> upload_;
  std::uint64_t offset_ = 0;
};

}  // namespace tram::sim
