#include "exchange/held_lists.h"

#include <algorithm>

#include "codec/evidence_json.h"
#include "exchange/operator_act.h"

namespace tram::exchange {
namespace {

Error list_malformed(const std::string& link) {
  return failure(ErrorCode::internal, "LIST_MALFORMED",
                 "the list of the peer of link " + link + " does not go on where its last page ended",
                 "tell the peer's operator; or go on without it");
}

EvidenceRecord record_of(const Context& context, const LostMessage& lost) {
  EvidenceRecord record = operator_act(context, "LOST_IN_RESTORE",
                                       "the peer holds it from this node, where the restored copy lacks it");
  record.message = lost.key;
  record.recipients = lost.recipients;
  record.peer = "link " + lost.link;
  return record;
}

}  // namespace

struct HeldLists::Fetch {
  std::string link;
  Done done = {};
  std::int64_t after = 0;  // the last page's end
  LostMessages found = {};
};

HeldLists::HeldLists(const Context& context) : context_(context) {
  if (context.settings.restored) lost_ = context.settings.restored->lost;
}

void HeldLists::fetch(const std::string& link, Done done) {
  std::shared_ptr<Fetch> fetch;
  {
    const std::lock_guard lock(mutex_);
    auto& begun = begun_[link];
    if (!begun) begun = std::make_shared<Fetch>(Fetch{link});
    fetch = begun;
  }
  fetch->done = std::move(done);
  ask(fetch);
}

void HeldLists::ask(const std::shared_ptr<Fetch>& fetch) {
  context_.services.peers.list_held(fetch->link, context_.settings.restored->lacks_since, fetch->after,
                                    [this, fetch](Result<HeldPage> page) {
                                      context_.services.workers.post([this, fetch, page = std::move(page)] {
                                        if (page) return take(fetch, *page);
                                        if (page.error().code != ErrorCode::unimplemented)
                                          return fetch->done(page.error());
                                        context_.services.observer.note(
                                            "peer lists nothing",
                                            "link " + fetch->link + ": its program is older");
                                        record(fetch);
                                      });
                                    });
}

void HeldLists::take(const std::shared_ptr<Fetch>& fetch, const HeldPage& page) {
  LostMessages& found = fetch->found;
  for (const HeldMessage& held : page.messages) {
    if (!lacks(held.key)) continue;
    if (found.named.size() < kMostLostMessages) {
      found.named.push_back({held.key, held.recipients, fetch->link});
    } else {
      ++found.more;
    }
  }
  if (page.next == 0) return record(fetch);
  if (page.next <= fetch->after) return finish(fetch, list_malformed(fetch->link));
  fetch->after = page.next;
  ask(fetch);
}

// Whatever comes next for this link begins at the list's beginning.
void HeldLists::finish(const std::shared_ptr<Fetch>& fetch, const Result<void>& outcome) {
  {
    const std::lock_guard lock(mutex_);
    begun_.erase(fetch->link);
  }
  fetch->done(outcome);
}

// What other nodes' agencies sent by way of this one, those nodes hand back.
bool HeldLists::lacks(const MessageKey& key) const {
  return std::holds_alternative<Here>(context_.router.route(key.sender)) &&
         !context_.services.messages.find(key);
}

void HeldLists::record(const std::shared_ptr<Fetch>& fetch) {
  if (fetch->found.named.empty()) return finish(fetch, {});
  const auto records = std::make_shared<std::vector<EvidenceRecord>>();
  for (const LostMessage& lost : fetch->found.named) records->push_back(record_of(context_, lost));
  context_.services.messages.submit(
      [records](Transaction& transaction) -> Result<void> {
        for (const EvidenceRecord& record : *records)
          transaction.append_record(codec::write_record(record), std::nullopt, "");
        return {};
      },
      [this, fetch, records](const Result<void>& committed) {
        if (committed) {
          keep(*fetch);
          for (const EvidenceRecord& record : *records) context_.services.observer.recorded(record);
          context_.wakeups.log_grew();
        }
        context_.services.workers.post([this, fetch, committed] { finish(fetch, committed); });
      });
}

void HeldLists::keep(const Fetch& fetch) {
  const std::lock_guard lock(mutex_);
  std::set<MessageKey> known;
  for (const LostMessage& lost : lost_.named) known.insert(lost.key);
  for (const LostMessage& lost : fetch.found.named) {
    if (!known.insert(lost.key).second) continue;
    if (lost_.named.size() < kMostLostMessages) {
      lost_.named.push_back(lost);
    } else {
      ++lost_.more;
    }
  }
  lost_.more += fetch.found.more;
}

LostMessages HeldLists::lost() const {
  LostMessages out;
  {
    const std::lock_guard lock(mutex_);
    out = lost_;
  }
  std::erase_if(out.named, [this](const LostMessage& lost) {
    return context_.services.messages.find(lost.key).has_value();
  });
  return out;
}

}  // namespace tram::exchange
