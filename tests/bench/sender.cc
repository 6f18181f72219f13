#include "tests/bench/sender.h"

#include <grpcpp/grpcpp.h>

#include <thread>

#include "base/sha256.h"
#include "tests/bench/payload.h"
#include "tram/v1/content.grpc.pb.h"
#include "tram/v1/exchange.grpc.pb.h"

namespace tram::bench {
namespace {

constexpr std::uint64_t kInlineLimit = 1 << 20;
constexpr std::size_t kChunk = 256 * 1024;
constexpr int kFrame = 64;  // documents in a frame, and below the inline limit their bytes

// The same id always has the same recipients: its number decides whose turn it is.
void add_recipients(const LoadOptions& options, const std::string& id, v1::Fields& fields) {
  const std::uint64_t first = std::stoull(id) * options.recipients;
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

  // What waits to be sent goes along.
  template <class Add>
  void fill(v1::SendRequest& frame, const Add& add) {
    if (options_.rate > 0) return;
    const std::size_t room =
        std::min<std::size_t>(kFrame, kInlineLimit / std::max<std::size_t>(options_.bytes, 1));
    while (static_cast<std::size_t>(frame.more_size()) + 1 < room) {
      const auto id = ledger_.try_next();
      if (!id || !add(*id, *frame.add_more())) return;
      ++opened_;
    }
  }

  void one_stream() {
    grpc::ClientContext context;
    const auto stream = exchange_->Send(&context);
    std::unordered_map<std::uint64_t, std::string> requests;
    std::mutex mutex;
    std::atomic<bool> broken{false};
    std::thread reader([&] {
      v1::SendResponse response;
      const auto answered = [&](const v1::SendResponse& one) {
        std::string id;
        {
          const std::lock_guard lock(mutex);
          id = std::move(requests[one.request()]);
          requests.erase(one.request());
        }
        const bool again = one.has_refused() && one.refused().code() == grpc::StatusCode::UNAVAILABLE;
        if (!again) ledger_.answered(id, one.has_accepted(), one.refused().message());
      };
      while (stream->Read(&response)) {
        answered(response);
        for (const v1::SendResponse& one : response.more()) answered(one);
      }
      broken = true;
    });
    std::uint64_t number = 0;
    const auto add = [&](const std::string& id, v1::SendRequest& request) {
      const std::string content = payload_of(id, options_.bytes);
      if (content.size() > kInlineLimit && !upload(*content_, content)) return false;
      {
        const std::lock_guard lock(mutex);
        requests[++number] = id;
      }
      request = request_for(options_, id, number, content);
      return true;
    };
    bool usable = true;
    for (const std::string& id : ledger_.unanswered()) {
      v1::SendRequest request;
      usable = usable && add(id, request) && stream->Write(request);
    }
    while (usable && !broken) {
      wait_for_turn();
      const auto id = ledger_.next(std::min(deadline_, Clock::now() + std::chrono::milliseconds(500)));
      if (id) {
        v1::SendRequest frame;
        usable = add(*id, frame);
        frame.set_together(true);
        ++opened_;
        fill(frame, add);
        usable = usable && stream->Write(frame);
      } else if (over()) {
        break;
      }
    }
    stream->WritesDone();
    reader.join();
    stream->Finish();
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
