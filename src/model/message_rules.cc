#include "model/message_rules.h"

#include <algorithm>
#include <set>

namespace tram {
namespace {

// Characters beside letters and digits. None of them needs an escape in the manifest's XML.
constexpr std::string_view kInMediaNames = "!#$-^_.+";      // restricted-name-chars of RFC 6838, but '&'
constexpr std::string_view kInTokens = "!#$%'*+-.^_`{|}~";  // token of RFC 2045, but '&'
constexpr std::size_t kMaxMediaName = 127;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// Takes the letters, digits and `others` that stand in front.
std::string_view take(std::string_view& text, std::string_view others) {
  const auto end = std::find_if(text.begin(), text.end(), [&](char c) {
    return !is_alphanumeric(c) && others.find(c) == std::string_view::npos;
  });
  const std::string_view taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

bool take_media_name(std::string_view& text) {
  const std::string_view name = take(text, kInMediaNames);
  return !name.empty() && name.size() <= kMaxMediaName && is_alphanumeric(name.front());
}

void skip_spaces(std::string_view& text) {
  while (take(text, ' ')) {
  }
}

// *SP ";" *SP token "=" token
bool take_media_parameter(std::string_view& text) {
  skip_spaces(text);
  if (!take(text, ';')) return false;
  skip_spaces(text);
  return !take(text, kInTokens).empty() && take(text, '=') && !take(text, kInTokens).empty();
}

bool is_free_of_markup(std::string_view text) {
  return text.find_first_of("\n\r\t\"<>&") == std::string_view::npos;
}

class Checker {
 public:
  Checker(const Submission& submission, const MessageLimits& limits) : s_(submission), limits_(limits) {}

  std::vector<Error> run() {
    identity();
    recipients();
    references();
    if (!s_.secrecy.empty()) {
      add("secrecy", "SECRET_DOCUMENT",
          "state secrets (Mật, Tối mật, Tuyệt mật) must not travel on this network",
          "send it by the channel for secret documents");
    }
    if (s_.dispatch.has_value() != (s_.kind == MessageKind::dispatch) ||
        s_.status.has_value() != (s_.kind == MessageKind::status)) {
      add("kind", "KIND_MISMATCH", "the fields given are not those of the message's kind");
    } else if (s_.dispatch) {
      dispatch(*s_.dispatch);
    } else {
      status(*s_.status);
    }
    staff();
    attachments();
    return std::move(errors_);
  }

 private:
  void add(std::string field, std::string reason, std::string message, std::string remedy = {}) {
    errors_.push_back(invalid(std::move(field), std::move(reason), std::move(message), std::move(remedy)));
  }

  void text(const std::string& field, std::string_view value, std::size_t limit, bool required = false) {
    const auto length = utf8_length(value);
    if (!length) return add(field, "TEXT_MALFORMED", "not valid UTF-8 text");
    if (required && *length == 0) return add(field, "FIELD_EMPTY", "must not be empty");
    if (*length > limit) {
      add(field, "FIELD_TOO_LONG",
          std::to_string(*length) + " characters, at most " + std::to_string(limit) + " are allowed");
    }
    const bool control = std::any_of(value.begin(), value.end(), [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f;
    });
    if (control) add(field, "TEXT_MALFORMED", "contains control characters");
  }

  void identity() {
    if (!is_message_id(s_.key.id.text())) {
      add("id", "MESSAGE_ID_MALFORMED",
          "a message id is 1 to 64 of 0-9 A-Z a-z . _ - and does not begin with a dot");
    }
    if (s_.key.sender.empty()) add("sender", "FIELD_EMPTY", "must not be empty");
  }

  void recipients() {
    if (s_.recipients.empty()) add("recipients", "FIELD_EMPTY", "at least one recipient is needed");
    if (s_.recipients.size() > limits_.recipients) {
      return add("recipients", "TOO_MANY",
                 "at most " + std::to_string(limits_.recipients) + " recipients are allowed");
    }
    std::set<AgencyCode> seen;
    for (std::size_t i = 0; i < s_.recipients.size(); ++i) {
      const std::string field = "recipients[" + std::to_string(i) + "]";
      if (s_.recipients[i].empty()) add(field, "FIELD_EMPTY", "must not be empty");
      if (!seen.insert(s_.recipients[i]).second) {
        add(field, "RECIPIENT_DUPLICATE", s_.recipients[i].text() + " is named twice",
            "name each recipient once");
      }
    }
  }

  void references() {
    if (s_.references.size() > limits_.references) {
      return add("references", "TOO_MANY", "at most " + std::to_string(limits_.references) + " are allowed");
    }
    for (std::size_t i = 0; i < s_.references.size(); ++i) {
      const std::string field = "references[" + std::to_string(i) + "]";
      const MessageKey& named = s_.references[i];
      if (named.sender.empty() || !is_message_id(named.id.text())) {
        add(field, "REFERENCE_MALFORMED", "a reference needs the sender's agency code and the message's id");
      } else if (named == s_.key) {
        add(field, "REFERENCE_TO_ITSELF", "a message cannot name itself");
      }
    }
  }

  void dispatch(const Dispatch& d) {
    text("code.number", d.code.number, MessageLimits::kShortText, true);
    text("code.notation", d.code.notation, MessageLimits::kShortText, true);
    text("subject", d.subject, MessageLimits::kSubject, true);
    text("content", d.content, MessageLimits::kSubject);
    text("business_reason", d.business_reason, MessageLimits::kSubject);
    text("promulgation.place", d.promulgation.place, MessageLimits::kPlace);
    text("type.name", d.type.name, MessageLimits::kShortText, true);
    text("signer.competence", d.signer.competence, MessageLimits::kShortText);
    text("signer.position", d.signer.position, MessageLimits::kShortText);
    text("signer.full_name", d.signer.full_name, MessageLimits::kShortText);
    text("application_type", d.application_type, MessageLimits::kShortText);
    many("to_places", d.to_places, MessageLimits::kPlace);
    many("reference_codes", d.reference_codes, MessageLimits::kShortText);
    if (d.response_for.size() > limits_.references) add("response_for", "TOO_MANY", "too many entries");
    for (std::size_t i = 0; i < std::min(d.response_for.size(), limits_.references); ++i) {
      const std::string field = "response_for[" + std::to_string(i) + "]";
      text(field + ".id", d.response_for[i].id, MessageLimits::kShortText);
      text(field + ".code.number", d.response_for[i].code.number, MessageLimits::kShortText);
      text(field + ".code.notation", d.response_for[i].code.notation, MessageLimits::kShortText);
    }
    const bool names_earlier = d.business != BusinessKind::new_document;
    if (names_earlier && s_.references.empty()) {
      add("references", "REFERENCE_MISSING",
          "a recall, update or replacement must name the message it speaks of");
    }
    if (names_earlier &&
        std::any_of(s_.references.begin(), s_.references.end(),
                    [&](const MessageKey& named) { return named.sender != s_.key.sender; })) {
      add("references", "REFERENCE_FOREIGN",
          "only the agency that sent a message can recall, update or replace it");
    }
    if ((s_.priority == Priority::express_at_hour) != d.deliver_by.has_value()) {
      add("deliver_by", "HOUR_MISMATCH", "hỏa tốc hẹn giờ (4) needs its hour, and no other priority has one");
    }
  }

  void many(const std::string& field, const std::vector<std::string>& values, std::size_t limit) {
    if (values.size() > limits_.references) return add(field, "TOO_MANY", "too many entries");
    for (std::size_t i = 0; i < values.size(); ++i)
      text(field + "[" + std::to_string(i) + "]", values[i], limit, true);
  }

  void status(const Status& status) {
    text("status.description", status.description, MessageLimits::kSubject);
    if (s_.references.size() != 1) {
      return add("references", "REFERENCE_MISSING", "a status names exactly one message");
    }
    if (s_.recipients.size() != 1 || s_.recipients[0] != s_.references[0].sender) {
      add("recipients", "STATUS_MISDIRECTED",
          "a status goes to the sender of the message it names, and to nobody else");
    }
    if (!s_.attachments.empty()) add("attachments", "STATUS_WITH_CONTENT", "a status carries no attachments");
  }

  void staff() {
    text("staff.department", s_.staff.department, MessageLimits::kShortText);
    text("staff.staff", s_.staff.staff, MessageLimits::kShortText);
    text("staff.email", s_.staff.email, MessageLimits::kShortText);
    text("staff.mobile", s_.staff.mobile, MessageLimits::kShortText);
  }

  void attachments() {
    if (s_.attachments.size() > limits_.attachments) {
      return add("attachments", "TOO_MANY",
                 "at most " + std::to_string(limits_.attachments) + " are allowed");
    }
    for (std::size_t i = 0; i < s_.attachments.size(); ++i) {
      const std::string field = "attachments[" + std::to_string(i) + "]";
      const Attachment& file = s_.attachments[i];
      if (!is_attachment_name(file.name)) {
        add(field + ".name", "ATTACHMENT_NAME",
            "a file name of 1 to 200 characters without controls, '/', '\\' or ':' is needed");
      }
      media_type(field + ".media_type", file.media_type);
      if (file.size > limits_.attachment_bytes) {
        add(field + ".size", "ATTACHMENT_TOO_LARGE",
            std::to_string(file.size) + " bytes, at most " + std::to_string(limits_.attachment_bytes) +
                " are allowed");
      }
    }
  }

  void media_type(const std::string& field, const std::string& type) {
    text(field, type, MessageLimits::kShortText, true);
    const bool good = limits_.any_media_type ? is_free_of_markup(type) : is_media_type(type);
    if (good || type.empty()) return;
    add(field, "MEDIA_TYPE", "not a media type (RFC 6838)",
        "write one like application/pdf or text/plain; charset=utf-8");
  }

  const Submission& s_;
  const MessageLimits& limits_;
  std::vector<Error> errors_;
};

}  // namespace

std::vector<Error> check(const Submission& submission, const MessageLimits& limits) {
  return Checker(submission, limits).run();
}

bool is_message_id(std::string_view text) {
  if (text.empty() || text.size() > 64 || text[0] == '.') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

bool is_attachment_name(std::string_view name) {
  const auto length = utf8_length(name);
  if (!length || *length == 0 || *length > MessageLimits::kAttachmentName || name == "." || name == "..")
    return false;
  return std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '/' || c == '\\' || c == ':';
  });
}

bool is_media_type(std::string_view text) {
  if (!take_media_name(text) || !take(text, '/') || !take_media_name(text)) return false;
  while (!text.empty()) {
    if (!take_media_parameter(text)) return false;
  }
  return true;
}

std::optional<std::size_t> utf8_length(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t width = lead >= 0xc2 && lead < 0xe0   ? 2
                              : lead >= 0xe0 && lead < 0xf0 ? 3
                              : lead >= 0xf0 && lead < 0xf5 ? 4
                                                            : 0;
    if (width == 0 || i + width > text.size()) return std::nullopt;
    char32_t point = lead & (0xffU >> (width + 1));
    for (std::size_t j = 1; j < width; ++j) {
      const auto next = static_cast<unsigned char>(text[i + j]);
      if ((next & 0xc0) != 0x80) return std::nullopt;
      point = point << 6 | (next & 0x3fU);
    }
    const bool overlong = (width == 3 && point < 0x800) || (width == 4 && point < 0x10000);
    if (overlong || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return std::nullopt;
    i += width;
  }
  return count;
}

}  // namespace tram
