// Unary calls whose work runs on the workers.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "transport/backend.h"
#include "transport/callers.h"
#include "transport/grpc_status.h"

namespace tram::transport {

/// The one answer of a call; if nobody gives it, it is UNAVAILABLE. Threads: any.
template <class Response>
class UnaryAnswer {
 public:
  UnaryAnswer(grpc::ServerUnaryReactor* reactor, Response* response)
      : reactor_(reactor), response_(response) {}
  ~UnaryAnswer() { give(stopping()); }
  UnaryAnswer(const UnaryAnswer&) = delete;
  UnaryAnswer& operator=(const UnaryAnswer&) = delete;

  void give(Result<Response> result) {
    grpc::ServerUnaryReactor* const reactor = reactor_.exchange(nullptr);
    if (!reactor) return;
    if (result) *response_ = std::move(*result);
    reactor->Finish(result ? grpc::Status::OK : to_status(result.error()));
  }

 private:
  std::atomic<grpc::ServerUnaryReactor*> reactor_;
  Response* const response_;
};

/// Identifies the caller, checks that it has `role` if one is due, and runs `work(identity, answer)` on a
/// worker; `answer` is shared and may be given later. gRPC keeps request and response until then.
template <class Response, class Work>
grpc::ServerUnaryReactor* answer_later(Backend& backend, grpc::CallbackServerContext& context,
                                       Response* response, std::optional<Role> role, Work work) {
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  auto answer = std::make_shared<UnaryAnswer<Response>>(reactor, response);
  auto caller = backend.callers.admit(context, role);
  if (!caller) {
    answer->give(caller.error());
    return reactor;
  }
  backend.workers.post(
      [answer, who = std::move(caller->identity), work = std::move(work)] { work(who, answer); });
  return reactor;
}

/// The same for work that answers by value.
template <class Response, class Work>
grpc::ServerUnaryReactor* answer(Backend& backend, grpc::CallbackServerContext& context, Response* response,
                                 std::optional<Role> role, Work work) {
  return answer_later(backend, context, response, role,
                      [work = std::move(work)](const exchange::Identity& who,
                                               const std::shared_ptr<UnaryAnswer<Response>>& later) {
                        later->give(work(who));
                      });
}

}  // namespace tram::transport
