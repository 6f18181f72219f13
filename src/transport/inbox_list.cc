#include "transport/inbox_list.h"

#include <charconv>
#include <optional>

#include "codec/message_proto.h"

namespace tram::transport {
namespace {

constexpr std::uint32_t kDefaultPage = 100;
constexpr std::uint32_t kLargestPage = 1000;

// token = priority "." queue row: the place of the last line given. It only says where in the caller's own
// inbox to go on, so that a forged one shows nothing that an honest one would not.
std::string page_token(const exchange::InboxEntry& last) {
  return std::to_string(last.item.priority) + "." + std::to_string(static_cast<std::int64_t>(last.item.row));
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

Result<std::optional<exchange::InboxPlace>> place_of(std::string_view token) {
  if (token.empty()) return std::optional<exchange::InboxPlace>();
  const std::size_t dot = token.find('.');
  const auto priority = number<int>(token.substr(0, dot));
  const auto row = dot == std::string_view::npos ? std::nullopt : number<std::int64_t>(token.substr(dot + 1));
  if (!priority || *priority > static_cast<int>(Priority::express_at_hour) || !row) {
    return invalid("page_token", "PAGE_TOKEN_MALFORMED", "no page of this node has that token",
                   "give next_page_token back exactly as it came, or leave it out to begin again");
  }
  return std::optional(exchange::InboxPlace{*priority, exchange::QueueRow(*row)});
}

v1::WaitingDelivery to_proto(const exchange::WaitingDelivery& delivery) {
  const exchange::InboxEntry& entry = delivery.entry;
  v1::WaitingDelivery out;
  out.set_delivery_id(delivery.id.text());
  *out.mutable_key() = codec::to_proto(entry.key);
  out.set_kind(entry.kind == MessageKind::status ? v1::MESSAGE_KIND_STATUS : v1::MESSAGE_KIND_DISPATCH);
  out.set_priority(static_cast<v1::Priority>(entry.item.priority));
  out.set_arrived_at(to_rfc3339(entry.stored_at));
  out.set_redelivered(entry.item.redelivered);
  out.set_claimed(entry.claimed);
  return out;
}

}  // namespace

Result<v1::ListInboxResponse> list_inbox(const exchange::Node& node, const exchange::Identity& who,
                                         const v1::ListInboxRequest& request) {
  if (request.limit() > kLargestPage)
    return invalid("limit", "OUT_OF_RANGE", "a page has 1 to 1000 lines", "ask for more with page_token");
  const std::size_t limit = request.limit() == 0 ? kDefaultPage : request.limit();
  const auto after = place_of(request.page_token());
  if (!after) return after.error();
  auto waiting = node.waiting(who, *after, limit + 1);  // one more tells whether there is another page
  if (!waiting) return waiting.error();
  v1::ListInboxResponse out;
  out.set_agency(who.agency.text());
  out.set_inbox(who.inbox);
  if (waiting->size() > limit) {
    waiting->resize(limit);
    out.set_next_page_token(page_token(waiting->back().entry));
  }
  for (const exchange::WaitingDelivery& one : *waiting) *out.add_deliveries() = to_proto(one);
  return out;
}

}  // namespace tram::transport
