#include "tramctl/safe_path.h"

#include "base/sha256.h"
#include "codec/text.h"
#include "model/message_rules.h"

namespace tram::client {
namespace {

constexpr std::size_t kMaxName = 255;  // bytes, of Linux's file systems
constexpr std::size_t kMaxExtension = 16;

bool is_reserved(std::string_view name) {
  const std::string folded = codec::fold_case(name);
  return folded == kHeaderFile || folded == kSignatureFile || folded == kDeliveryFile;
}

}  // namespace

Result<std::string> message_folder(const MessageKey& key) {
  const Result<AgencyCode> sender = AgencyCode::parse(key.sender.text());
  if (!sender) return sender.error();
  if (!is_message_id(key.id.text()))
    return invalid("id", "MESSAGE_ID_MALFORMED", "the message's id cannot name a folder");
  return sender->text() + "/" + key.id.text();
}

Result<std::string> file_name(std::string_view attachment_name) {
  if (!is_attachment_name(attachment_name) || codec::has_hidden_characters(attachment_name))
    return invalid("attachments", "ATTACHMENT_NAME_UNSAFE",
                   "\"" + codec::clean_text(attachment_name, 200) + "\" cannot name a file");
  if (attachment_name.size() <= kMaxName && !is_reserved(attachment_name))
    return std::string(attachment_name);
  const std::string digest = "~" + Sha256::of(attachment_name).hex().substr(0, 8);
  const std::size_t dot = attachment_name.rfind('.');
  const bool has_extension = dot != std::string_view::npos && attachment_name.size() - dot <= kMaxExtension;
  const std::string extension(has_extension ? attachment_name.substr(dot) : std::string_view());
  const std::string_view stem = attachment_name.substr(0, attachment_name.size() - extension.size());
  return codec::clean_text(stem, kMaxName - digest.size() - extension.size()) + digest + extension;
}

}  // namespace tram::client
