#include "tests/bench/sender.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/sha256.h"
#include "tests/bench/payload.h"
#include "tram/v1/content.grpc.pb.h"
#include "tram/v1/exchange.grpc.pb.h"

namespace tram::bench {
namespace {

constexpr std::uint64_t kInlineLimit = 1 << 20;
constexpr std::size_t kChunk = 256 * 1024;
constexpr std::uint64_t kFrame = 64;  // documents in a frame, and below the inline limit their bytes

// The same id always has the same recipients: its number decides whose turn it is.
void add_recipients(const LoadOptions& options, const std::string& id, v1::Fields& fields) {
  const std::uint64_t first = number_of(id) * options.recipients;
  for (unsigned i = 0; i < options.recipients; ++i)
    fields.add_recipients(options.receivers[(first + i) % options.receivers.size()].agency);
}

v1::SendRequest request_for(const LoadOptions& options, const std::string& id, std::uint64_t number,
                            const std::string& content) {
  v1::SendRequest request;
  request.set_request(number);
  auto& fields = *request.mutable_fields();
  fields.mutable_key()->set_sender(options.sender.agency);
  fields.mutable_key()->set_id(id);
  add_recipients(options, id, fields);
  fields.set_kind(v1::MESSAGE_KIND_DISPATCH);
  auto& dispatch = *fields.mutable_dispatch();
  dispatch.mutable_code()->set_number("1");
  dispatch.mutable_code()->set_notation("UBND-NC");
  dispatch.mutable_type()->set_name("Công văn");
  dispatch.set_subject("Về việc đo tải");
  auto& file = *fields.add_attachments();
  file.set_name("van-ban.pdf");
  file.set_media_type("application/pdf");
  file.set_size(content.size());
  const Digest digest = Sha256::of(content);
  file.set_sha256(std::string(digest.bytes()));
  auto& source = *request.add_contents();
  if (content.size() > kInlineLimit) {
    source.set_uploaded(true);
  } else {
    source.set_inline_(content);
  }
  return request;
}

// Above the inline limit the content goes first.
bool upload(v1::Content::Stub& stub, const std::string& content) {
  grpc::ClientContext context;
  v1::ContentState state;
  const auto writer = stub.Put(&context, &state);
  v1::PutRequest request;
  const Digest digest = Sha256::of(content);
  request.mutable_content()->set_sha256(std::string(digest.bytes()));
  request.mutable_content()->set_size(content.size());
  for (std::size_t at = 0; at < content.size(); at += kChunk) {
    request.set_chunk(content.substr(at, kChunk));
    if (!writer->Write(request)) break;
    request.Clear();
  }
  writer->WritesDone();
  return writer->Finish().ok() && state.complete();
}

// One Send stream: frames go out as documents come, a thread reads the answers.
class Stream {
 public:
  Stream(const LoadOptions& options, Ledger& ledger, v1::Exchange::Stub& exchange, v1::Content::Stub& content)
      : options_(options), ledger_(ledger), content_(content), stream_(exchange.Send(&context_)) {
    reader_ = std::thread([this] { read(); });
  }
  ~Stream() {
    stream_->WritesDone();
    reader_.join();
    stream_->Finish();
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] bool broken() const { return broken_; }
  /// False if the stream, or the upload of a content, broke.
  bool add(const std::string& id, v1::SendRequest& request) {
    const std::string content = payload_of(id, options_.bytes);
    if (content.size() > kInlineLimit && !upload(content_, content)) return false;
    {
      const std::lock_guard lock(mutex_);
      requests_[++number_] = id;
    }
    request = request_for(options_, id, number_, content);
    return true;
  }
  bool write(v1::SendRequest& frame) {
    frame.set_together(true);
    return stream_->Write(frame);
  }

 private:
  void read() {
    v1::SendResponse frame;
    while (stream_->Read(&frame)) {
      answered(frame);
      for (const v1::SendResponse& response : frame.more()) answered(response);
    }
    broken_ = true;
  }

  void answered(const v1::SendResponse& response) {
    std::string id;
    {
      const std::lock_guard lock(mutex_);
      id = std::move(requests_[response.request()]);
      requests_.erase(response.request());
    }
    const bool again = response.has_refused() && response.refused().code() == grpc::StatusCode::UNAVAILABLE;
    if (!again) ledger_.answered(id, response.has_accepted(), response.refused().message());
  }

  const LoadOptions& options_;
  Ledger& ledger_;
  v1::Content::Stub& content_;
  grpc::ClientContext context_;
  const std::unique_ptr<grpc::ClientReaderWriter<v1::SendRequest, v1::SendResponse>> stream_;
  std::atomic<bool> broken_{false};
  std::mutex mutex_;  // guards what follows
  std::unordered_map<std::uint64_t, std::string> requests_;
  std::uint64_t number_ = 0;
  std::thread reader_;
};

class Sender {
 public:
  Sender(const LoadOptions& options, Ledger& ledger)
      : options_(options),
        ledger_(ledger),
        channel_(connect(options.sender, options.roots)),
        exchange_(v1::Exchange::NewStub(channel_)),
        content_(v1::Content::NewStub(connect(options.sender, options.roots))),
        deadline_(began_ + std::chrono::seconds(options.seconds)) {}

  void run() {
    const auto give_up = deadline_ + std::chrono::seconds(options_.drain_seconds);
    while (Clock::now() < give_up) {
      one_stream();
      if (over() && ledger_.unanswered().empty()) return;
      channel_->WaitForConnected(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
    }
  }

 private:
  bool over() { return Clock::now() >= deadline_ || ledger_.all_opened(); }

  // With a rate: what came late is made up for, as far as there is room.
  void wait_for_turn() const {
    if (options_.rate <= 0) return;
    const std::chrono::duration<double> due(static_cast<double>(opened_) / options_.rate);
    std::this_thread::sleep_until(
        std::min(deadline_, began_ + std::chrono::duration_cast<Clock::duration>(due)));
  }

  void one_stream() {
    Stream stream(options_, ledger_, *exchange_, *content_);
    for (const std::string& id : ledger_.unanswered()) {
      v1::SendRequest request;
      if (!stream.add(id, request) || !stream.write(request)) return;
    }
    while (!stream.broken()) {
      wait_for_turn();
      const auto id = ledger_.next(std::min(deadline_, Clock::now() + std::chrono::milliseconds(500)));
      if (!id && over()) return;
      if (!id) continue;
      v1::SendRequest frame;
      if (!fill(stream, *id, frame) || !stream.write(frame)) return;
    }
  }

  // A frame of this document and of those that wait to be sent now.
  bool fill(Stream& stream, const std::string& first, v1::SendRequest& frame) {
    ++opened_;
    if (!stream.add(first, frame)) return false;
    if (options_.rate > 0) return true;
    const std::uint64_t most =
        std::min<std::uint64_t>(kFrame, kInlineLimit / std::max<std::uint64_t>(options_.bytes, 1));
    while (static_cast<std::uint64_t>(frame.more_size()) + 1 < most) {
      const auto id = ledger_.try_next();
      if (!id) break;
      ++opened_;
      if (!stream.add(*id, *frame.add_more())) return false;
    }
    return true;
  }

  const LoadOptions& options_;
  Ledger& ledger_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Exchange::Stub> exchange_;
  std::unique_ptr<v1::Content::Stub> content_;
  const Clock::time_point began_ = Clock::now(), deadline_;
  std::uint64_t opened_ = 0;
};

}  // namespace

void run_sender(const LoadOptions& options, Ledger& ledger) { Sender(options, ledger).run(); }

}  // namespace tram::bench
