#include "tramctl/safe_path.h"

#include <algorithm>
#include <set>

#include "base/sha256.h"
#include "codec/text.h"
#include "model/message_rules.h"

namespace tram::client {
namespace {

constexpr std::size_t kMaxName = 255;  // bytes, of Linux's file systems
constexpr std::size_t kMaxExtension = 16;

bool is_reserved(std::string_view name) {
  const std::string folded = codec::fold_case(name);
  const auto own = {kHeaderFile, kSignatureFile, kDeliveryFile, kForwardingFile, kForwardingSignatureFile};
  return std::find(own.begin(), own.end(), folded) != own.end();
}

// The name with a digest of `whole` before its extension, short enough.
std::string marked(std::string_view name, const std::string& whole) {
  const std::string digest = "~" + Sha256::of(whole).hex().substr(0, 8);
  const std::size_t dot = name.rfind('.');
  const bool has_extension = dot != std::string_view::npos && name.size() - dot <= kMaxExtension;
  const std::string extension(has_extension ? name.substr(dot) : std::string_view());
  const std::string_view stem = name.substr(0, name.size() - extension.size());
  return codec::clean_text(stem, kMaxName - digest.size() - extension.size()) + digest + extension;
}

Result<std::string> file_name(std::string_view attachment_name) {
  if (!is_attachment_name(attachment_name) || codec::has_hidden_characters(attachment_name))
    return invalid("attachments", "ATTACHMENT_NAME_UNSAFE",
                   "\"" + codec::clean_text(attachment_name, 200) + "\" cannot name a file");
  if (attachment_name.size() <= kMaxName && !is_reserved(attachment_name))
    return std::string(attachment_name);
  return marked(attachment_name, std::string(attachment_name));
}

}  // namespace

Result<std::string> message_folder(const MessageKey& key) {
  const Result<AgencyCode> sender = AgencyCode::parse(key.sender.text());
  if (!sender) return sender.error();
  if (!is_message_id(key.id.text()))
    return invalid("id", "MESSAGE_ID_MALFORMED", "the message's id cannot name a folder");
  return sender->text() + "/" + key.id.text();
}

// A sender can choose the very name that another attachment is given here.
Result<std::vector<std::string>> file_names(const std::vector<Attachment>& attachments) {
  std::vector<std::string> out;
  std::set<std::string> taken;  // folded
  for (const Attachment& attachment : attachments) {
    Result<std::string> name = file_name(attachment.name);
    if (!name) return name.error();
    for (std::size_t again = 1; !taken.insert(codec::fold_case(*name)).second; ++again)
      *name = marked(attachment.name, attachment.name + "/" + std::to_string(again));
    out.push_back(std::move(*name));
  }
  return out;
}

}  // namespace tram::client
