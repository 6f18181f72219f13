#include "transport/put_stream.h"

#include <utility>

#include "codec/message_proto.h"
#include "transport/job.h"
#include "transport/limits.h"

namespace tram::transport {

class PutStream::Bound final : public Reactor {
 public:
  explicit Bound(std::shared_ptr<PutStream> stream) : stream_(std::move(stream)) {}
  void OnReadDone(bool ok) override { stream_->read_done(ok); }
  void OnDone() override {
    stream_->over();
    delete this;
  }

 private:
  const std::shared_ptr<PutStream> stream_;
};

PutStream::PutStream(Backend& backend, Caller caller, grpc::CallbackServerContext& context,
                     grpc::ByteBuffer& response)
    : LiveStream(backend, std::move(caller), context), response_(response) {}

PutStream::Reactor* PutStream::begin() {
  auto* bound = new Bound(std::static_pointer_cast<PutStream>(shared_from_this()));
  {
    const std::lock_guard lock(mutex_);
    reactor_ = bound;
    reading_ = true;
    // The client looks at our certificate before it sends the first byte.
    bound->StartSendInitialMetadata();
    bound->StartRead(&arrived_);
  }
  enlist();
  return bound;
}

void PutStream::end_now(const grpc::Status& status) {
  Work work = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (!reactor_ || finished_ || end_) return;
    end_ = status;
    last_ = true;
    work = go_on();
  }
  post(work);
}

void PutStream::read_done(bool ok) {
  Hold hold = ok ? backend().budget->take(arrived_.Length()) : Hold();
  Work work = nullptr;
  {
    const std::lock_guard lock(mutex_);
    reading_ = false;
    if (settling_) return;
    if (ok) {
      waiting_ = Arrived{std::move(arrived_), std::move(hold)};
    } else {
      last_ = true;
    }
    work = go_on();
  }
  post(work);
}

// What a worker has to do now, if anything. REQUIRES: the mutex.
PutStream::Work PutStream::go_on() {
  Work work = nullptr;
  if (!storing_ && waiting_) {
    stored_ = *std::exchange(waiting_, std::nullopt);
    storing_ = true;
    work = &PutStream::store;
  }
  if (!reading_ && !waiting_ && !last_) {
    reading_ = true;
    reactor_->StartRead(&arrived_);
  }
  if (!storing_ && last_ && !settling_) {
    settling_ = true;
    work = &PutStream::settle;
  }
  return work;
}

void PutStream::post(Work work) {
  if (work == nullptr) return;
  const auto self = std::static_pointer_cast<PutStream>(shared_from_this());
  post_surely(
      backend().workers, [self, work] { (self.get()->*work)(); },
      [self] { self->finish(to_status(stopping())); });
}

void PutStream::store() {
  const auto written = stored_.hold ? write() : memory_full();
  frame_ = {};  // its memory too
  stored_ = {};
  Work work = nullptr;
  {
    const std::lock_guard lock(mutex_);
    storing_ = false;
    if (!written) {
      if (!end_) end_ = to_status(written.error());
      last_ = true;
      waiting_.reset();
    }
    work = go_on();
  }
  post(work);
}

Result<void> PutStream::write() {
  if (!parse(stored_.bytes, frame_)) return unreadable<v1::PutRequest>();
  if (auto room = backend().node.has_room(); !room) return room.error();  // what came stays, to go on with
  if (!begun_) {
    const auto digest = codec::digest_from_proto(frame_.content().sha256(), "content.sha256");
    if (!digest) return digest.error();
    if (frame_.content().size() > backend().node.settings().limits.attachment_bytes)
      return invalid("content.size", "ATTACHMENT_TOO_LARGE", "larger than this node takes");
    auto upload = backend().contents.resume_upload(who().upload_owner(), *digest, frame_.content().size(),
                                                   frame_.offset());
    if (!upload) return upload.error();
    upload_ = std::move(*upload);
    begun_ = true;
  } else if (frame_.has_content()) {
    return invalid("content", "ORDER", "the content is named on the first frame alone");
  }
  if (frame_.chunk().size() > kMaxChunk)
    return invalid("chunk", "CHUNK_TOO_LARGE", "a chunk has at most 1 MiB", "send smaller chunks");
  if (frame_.chunk().empty()) return {};
  return upload_->write(frame_.chunk());
}

// Makes durable what came, whether the client is still there or not.
void PutStream::settle() {
  if (!upload_) {
    return finish(to_status(
        invalid("content", "FIELD_EMPTY", "nothing was uploaded", "name the content on the first frame")));
  }
  const auto state = upload_->finish();
  upload_.reset();
  if (!state) return finish(to_status(state.error()));
  v1::ContentState answer;
  answer.set_stored(state->stored);
  answer.set_complete(state->complete);
  response_ = to_bytes(answer);
  finish(grpc::Status::OK);
}

void PutStream::finish(const grpc::Status& status) {
  const std::lock_guard lock(mutex_);
  if (!reactor_ || finished_) return;
  finished_ = true;
  reactor_->Finish(end_ ? *end_ : status);
}

void PutStream::over() {
  {
    const std::lock_guard lock(mutex_);
    reactor_ = nullptr;
  }
  delist();
}

void PutStream::cut_off() {
  const std::lock_guard lock(mutex_);
  if (reactor_ && !finished_) context().TryCancel();
}

Result<void> may_upload(const exchange::Identity& who) {
  return who.link.empty() ? require_role(who, Role::agency) : Result<void>();
}

}  // namespace tram::transport
