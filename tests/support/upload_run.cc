#include "tests/support/upload_run.h"

#include <utility>

namespace tram::sim {
namespace {

constexpr std::size_t kPiece = 16 << 10;

Error broken_off() { return failure(ErrorCode::unavailable, "UPLOAD_BROKEN", "the upload broke off"); }

}  // namespace

UploadRun::UploadRun(Network& network, AgencyCode from, AgencyCode to, Attachment attachment,
                     exchange::ContentLocation location, Done done)
    : network_(network),
      from_(std::move(from)),
      to_(std::move(to)),
      life_(network.find(from_)->life),
      attachment_(std::move(attachment)),
      location_(std::move(location)),
      done_(std::move(done)) {}

void UploadRun::later(void (UploadRun::*step)()) {
  network_.world().schedule(life_, network_.latency(),
                            [self = shared_from_this(), step] { ((*self).*step)(); });
}

void UploadRun::open() {
  if (network_.refuse_upload) return end(*std::exchange(network_.refuse_upload, std::nullopt));
  const Endpoint* peer = network_.reach(from_, to_);
  if (peer == nullptr) return end(broken_off());
  const auto who = peer->node->identify(network_.certificate(from_));
  if (!who) return end(who.error());
  peer_life_ = peer->life;
  const auto state = peer->contents->upload_state(who->upload_owner(), attachment_.sha256, attachment_.size);
  if (!state) return end(state.error());
  if (state->complete) return end({});
  offset_ = state->stored;
  auto upload =
      peer->contents->resume_upload(who->upload_owner(), attachment_.sha256, attachment_.size, offset_);
  if (!upload) return end(upload.error());
  upload_ = std::move(*upload);
  later(&UploadRun::write);
}

void UploadRun::write() {
  const Endpoint* peer = network_.reach(from_, to_);
  if (peer == nullptr || peer->life != peer_life_ || network_.world().chance(network_.faults.cut_upload))
    return end(broken_off());
  const auto piece = network_.find(from_)->contents->read(location_, offset_, kPiece);
  if (!piece) return end(piece.error());
  if (auto written = upload_->write(*piece); !written) return end(written.error());
  offset_ += piece->size();
  if (offset_ < attachment_.size) return later(&UploadRun::write);
  const auto finished = upload_->finish();
  end(finished ? Result<void>() : Result<void>(finished.error()));
}

void UploadRun::end(const Result<void>& result) {
  upload_.reset();
  done_(result);
}

}  // namespace tram::sim
