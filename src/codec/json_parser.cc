#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>

#include "codec/json_value.h"
#include "model/message_rules.h"

namespace tram::codec {
namespace {

using boost::json::error_code;
using Part = boost::json::string_view;

// Builds the tree. Open arrays and objects lie on a stack; a finished value moves into the one below it.
class TreeBuilder {
 public:
  // Bounds that the parser itself keeps; the names are Boost's.
  static constexpr std::size_t max_object_size = kMaxJsonMembers;
  static constexpr std::size_t max_array_size = kMaxJsonArray;
  static constexpr std::size_t max_key_size = 128;
  static constexpr std::size_t max_string_size = kMaxJsonText;

  JsonValue take() { return std::move(root_); }
  [[nodiscard]] const std::string& duplicate() const { return duplicate_; }
  [[nodiscard]] bool too_many() const { return values_ > kMaxJsonValues; }

  bool on_document_begin(error_code& /*ec*/) { return true; }
  bool on_document_end(error_code& /*ec*/) { return true; }
  bool on_object_begin(error_code& ec) { return open(JsonValue::Kind::object, ec); }
  bool on_object_end(std::size_t /*n*/, error_code& /*ec*/) { return close(); }
  bool on_array_begin(error_code& ec) { return open(JsonValue::Kind::array, ec); }
  bool on_array_end(std::size_t /*n*/, error_code& /*ec*/) { return close(); }

  bool on_key_part(Part part, std::size_t /*n*/, error_code& /*ec*/) { return collect(part); }
  bool on_key(Part part, std::size_t /*n*/, error_code& ec) {
    collect(part);
    std::vector<std::string>& names = open_.back().names;
    if (std::find(names.begin(), names.end(), text_) != names.end()) {
      duplicate_ = text_;
      return refuse(ec);
    }
    names.push_back(std::exchange(text_, {}));
    return true;
  }
  bool on_string_part(Part part, std::size_t /*n*/, error_code& /*ec*/) { return collect(part); }
  bool on_string(Part part, std::size_t /*n*/, error_code& ec) {
    collect(part);
    JsonValue value;
    value.kind = JsonValue::Kind::text;
    value.text = std::exchange(text_, {});
    return add(std::move(value), ec);
  }

  bool on_number_part(Part /*part*/, error_code& /*ec*/) { return true; }
  bool on_int64(std::int64_t number, Part written, error_code& ec) {
    JsonValue value;
    const bool minus_zero = number == 0 && !written.empty() && written.front() == '-';
    value.kind = minus_zero ? JsonValue::Kind::fraction : JsonValue::Kind::integer;
    value.integer = number;
    return add(std::move(value), ec);
  }
  bool on_uint64(std::uint64_t /*number*/, Part /*written*/, error_code& ec) { return add_fraction(ec); }
  bool on_double(double /*number*/, Part /*written*/, error_code& ec) { return add_fraction(ec); }

  bool on_bool(bool boolean, error_code& ec) {
    JsonValue value;
    value.kind = JsonValue::Kind::boolean;
    value.boolean = boolean;
    return add(std::move(value), ec);
  }
  bool on_null(error_code& ec) { return add({}, ec); }
  bool on_comment_part(Part /*part*/, error_code& ec) { return refuse(ec); }
  bool on_comment(Part /*part*/, error_code& ec) { return refuse(ec); }

 private:
  static bool refuse(error_code& ec) {
    ec = boost::json::error::syntax;
    return false;
  }
  bool collect(Part part) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool count(error_code& ec) { return ++values_ > kMaxJsonValues ? refuse(ec) : true; }
  bool open(JsonValue::Kind kind, error_code& ec) {
    open_.emplace_back().kind = kind;
    return count(ec);
  }
  bool close() {
    JsonValue done = std::move(open_.back());
    open_.pop_back();
    place(std::move(done));
    return true;
  }
  bool add(JsonValue value, error_code& ec) {
    place(std::move(value));
    return count(ec);
  }
  bool add_fraction(error_code& ec) {
    JsonValue value;
    value.kind = JsonValue::Kind::fraction;
    return add(std::move(value), ec);
  }
  void place(JsonValue value) {
    (open_.empty() ? root_ : open_.back().items.emplace_back()) = std::move(value);
  }

  JsonValue root_;
  std::vector<JsonValue> open_;
  std::string text_;
  std::string duplicate_;
  std::size_t values_ = 0;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view name) const {
  const auto at = std::find(names.begin(), names.end(), name);
  return at == names.end() ? nullptr : &items[static_cast<std::size_t>(at - names.begin())];
}

Result<JsonValue> parse_json(BytesView json, std::size_t max_bytes) {
  if (json.size() > max_bytes) {
    return invalid(
        "", "JSON_TOO_LARGE",
        std::to_string(json.size()) + " bytes, at most " + std::to_string(max_bytes) + " are allowed");
  }
  if (!utf8_length(json)) return invalid("", "TEXT_MALFORMED", "not valid UTF-8 text");
  boost::json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  boost::json::basic_parser<TreeBuilder> parser(options);
  error_code ec;
  const std::size_t read = parser.write_some(false, json.data(), json.size(), ec);
  if (!ec && read < json.size()) ec = boost::json::error::extra_data;
  if (!ec) return parser.handler().take();
  const std::string& duplicate = parser.handler().duplicate();
  std::string why = !duplicate.empty() ? "the name \"" + duplicate + "\" stands twice in one object"
                    : parser.handler().too_many() ? "too many values"
                                                  : ec.message();
  return invalid("", duplicate.empty() ? "JSON_MALFORMED" : "JSON_NAME_DUPLICATE",
                 "not the JSON expected: " + why + ", near byte " + std::to_string(read));
}

}  // namespace tram::codec
