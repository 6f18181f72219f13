#include "tramctl/upload.h"

#include <tram/v1/content.grpc.pb.h>

#include <algorithm>
#include <fstream>
#include <numeric>

#include "tramctl/progress.h"
#include "tramctl/retry.h"
#include "tramctl/text.h"

namespace tram::client {
namespace {

v1::ContentQuery query_of(const Attachment& attachment) {
  v1::ContentQuery out;
  out.set_sha256(std::string(attachment.sha256.bytes()));
  out.set_size(attachment.size);
  return out;
}

Error changed(const SourceFile& file) {
  return failure(ErrorCode::data_loss, "FILE_CHANGED", shown(file.path) + " changed while it was sent",
                 "send it again when nobody writes to it");
}

// One stream from `offset` to the end.
Result<v1::ContentState> put(v1::Content::Stub& stub, const SourceFile& file, std::uint64_t offset,
                             Progress& progress) {
  std::ifstream in(file.path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(offset));
  grpc::ClientContext context;
  v1::ContentState state;
  const auto writer = stub.Put(&context, &state);
  v1::PutRequest request;
  *request.mutable_content() = query_of(file.attachment);
  request.set_offset(offset);
  bool writable = true;
  for (std::uint64_t at = offset; writable && at < file.attachment.size; request.Clear()) {
    const std::uint64_t size = std::min<std::uint64_t>(kChunk, file.attachment.size - at);
    std::string& chunk = *request.mutable_chunk();
    chunk.resize(size);
    in.read(chunk.data(), static_cast<std::streamsize>(size));
    if (static_cast<std::uint64_t>(in.gcount()) != size) {
      context.TryCancel();
      (void)writer->Finish();
      return changed(file);
    }
    writable = writer->Write(request);
    at += size;
    progress.at(at);
  }
  if (offset == file.attachment.size) (void)writer->Write(request);
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) return error_of(status);
  return state;
}

}  // namespace

std::vector<bool> choose_inline(const std::vector<SourceFile>& files, std::uint64_t limit) {
  std::vector<std::size_t> order(files.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return files[a].attachment.size < files[b].attachment.size;
  });
  std::vector<bool> out(files.size(), false);
  std::uint64_t used = 0;
  for (const std::size_t i : order) {
    if (files[i].attachment.size > limit - used) break;
    used += files[i].attachment.size;
    out[i] = true;
  }
  return out;
}

Result<void> upload(const Context& context, const Connection& connection, const SourceFile& file,
                    std::chrono::seconds retry_for) {
  const auto stub = v1::Content::NewStub(connection.content);
  Progress progress(context, "uploading " + file.attachment.name, file.attachment.size);
  Retry retry(context, retry_for);
  std::uint64_t reached = 0;
  while (true) {
    Result<v1::ContentState> state =
        call<v1::ContentState>(*stub, &v1::Content::Stub::Query, query_of(file.attachment));
    if (state && !state->complete()) {
      if (state->stored() > reached) retry.progressed();
      reached = std::max<std::uint64_t>(reached, state->stored());
      progress.at(state->stored());
      if (state->stored() > file.attachment.size) return changed(file);
      state = put(*stub, file, state->stored(), progress);
    }
    if (state && state->complete()) return {};
    if (state) return changed(file);
    if (!retry.again(state.error())) return state.error();
  }
}

}  // namespace tram::client
