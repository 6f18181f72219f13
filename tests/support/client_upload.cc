#include "tests/support/client_upload.h"

#include <utility>

namespace tram::sim {
namespace {

constexpr std::size_t kPiece = 16 << 10;

}  // namespace

ClientUpload::ClientUpload(SimNode& node, std::string owner, const File& file, std::uint64_t breaks,
                           Done done)
    : node_(node), owner_(std::move(owner)), file_(file), breaks_(breaks), done_(std::move(done)) {}

void ClientUpload::begin() { later(&ClientUpload::open); }

void ClientUpload::later(void (ClientUpload::*step)()) {
  node_.world().schedule(node_.life(), std::chrono::microseconds(200),
                         [self = shared_from_this(), step] { ((*self).*step)(); });
}

void ClientUpload::open() {
  const Attachment& attachment = file_.attachment;
  const auto state = node_.contents().upload_state(owner_, attachment.sha256, attachment.size);
  if (!state) return end(state.error());
  if (state->complete) return end({});
  offset_ = state->stored;
  auto upload = node_.contents().resume_upload(owner_, attachment.sha256, attachment.size, offset_);
  if (!upload) return end(upload.error());
  upload_ = std::move(*upload);
  later(&ClientUpload::write);
}

void ClientUpload::write() {
  if (node_.world().chance(breaks_))
    return end(failure(ErrorCode::unavailable, "UPLOAD_BROKEN", "the upload broke off"));
  const BytesView piece = BytesView(file_.bytes).substr(offset_, kPiece);
  if (auto written = upload_->write(piece); !written) return end(written.error());
  offset_ += piece.size();
  if (offset_ < file_.bytes.size()) return later(&ClientUpload::write);
  const auto finished = upload_->finish();
  end(finished ? Result<void>() : Result<void>(finished.error()));
}

void ClientUpload::end(const Result<void>& result) {
  upload_.reset();
  done_(result);
}

}  // namespace tram::sim
