#include "codec/attachment_names.h"

#include <set>

#include "codec/text.h"
#include "model/message_rules.h"

namespace tram::codec {

void check_attachment_names(const std::vector<Attachment>& attachments, Causes& causes) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < attachments.size(); ++i) {
    const std::string& name = attachments[i].name;
    const std::string field = "attachments[" + std::to_string(i) + "].name";
    if (!is_attachment_name(name)) continue;
    if (to_nfc(name) != name) {
      causes.add(field, "ATTACHMENT_NAME", "the name is not in Unicode normalisation form C");
    } else if (has_hidden_characters(name)) {
      causes.add(field, "ATTACHMENT_NAME", "the name contains characters that cannot be seen");
    }
    if (!seen.insert(fold_case(name)).second) {
      causes.add(field, "ATTACHMENT_NAME_DUPLICATE",
                 "another attachment has this name, but for upper and lower case", "give each its own name");
    }
  }
}

}  // namespace tram::codec
