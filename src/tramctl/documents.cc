#include "tramctl/documents.h"

#include <filesystem>
#include <fstream>

#include "codec/text.h"
#include "model/message_rules.h"
#include "tramctl/arguments.h"
#include "tramctl/progress.h"
#include "tramctl/text.h"

namespace tram::client {
namespace {

namespace fs = std::filesystem;

Error wrong(const std::string& path, const std::string& what) {
  return invalid("FILE", "FILE_UNUSABLE", shown(path) + " " + what,
                 "name a file that can be read and stays as it is");
}

Result<SourceFile> examine(const Context& context, const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return wrong(path, "does not exist or is not a file");
  const auto name = codec::to_nfc(fs::path(path).filename().string());
  if (!name || !is_attachment_name(*name)) return wrong(path, "has a name that cannot travel");
  std::ifstream in(path, std::ios::binary);
  if (!in) return wrong(path, "cannot be read");
  SourceFile out{path, {*name, media_type_of(*name), 0, {}}};
  Progress progress(context, "reading " + *name, fs::file_size(path, error));
  Sha256 hash;
  for (Bytes chunk(kChunk, '\0'); in; progress.at(out.attachment.size)) {
    in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    const auto got = static_cast<std::size_t>(in.gcount());
    hash.update(BytesView(chunk).substr(0, got));
    out.attachment.size += got;
  }
  if (in.bad()) return wrong(path, "cannot be read to its end");
  out.attachment.sha256 = hash.finish();
  return out;
}

}  // namespace

Result<std::vector<SourceFile>> examine_files(const Context& context, const std::vector<std::string>& paths) {
  std::vector<SourceFile> out;
  for (const std::string& path : paths) {
    Result<SourceFile> file = examine(context, path);
    if (!file) return file.error();
    out.push_back(std::move(*file));
  }
  return out;
}

Result<Bytes> read_again(const SourceFile& file) {
  Bytes out(file.attachment.size, '\0');
  std::ifstream in(file.path, std::ios::binary);
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  if (static_cast<std::uint64_t>(in.gcount()) != file.attachment.size ||
      in.peek() != std::ifstream::traits_type::eof() || Sha256::of(out) != file.attachment.sha256)
    return failure(ErrorCode::data_loss, "FILE_CHANGED", shown(file.path) + " changed while it was sent",
                   "send it again when nobody writes to it");
  return out;
}

}  // namespace tram::client
