#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "codec/header_json.h"
#include "codec/message_proto.h"
#include "codec/submitted_digest.h"
#include "tests/codec/samples.h"

namespace tram::codec {
namespace {

// The digests that tests/data/headers/make_headers.py computed by the byte format of proto/README.md.
Digest expected(const std::string& name) {
  const std::string lines = samples::file("headers/submitted-digests.txt");
  const std::size_t at = lines.find("  " + name + "\n");
  return at == std::string::npos || at < 64 ? Digest() : Digest::from_hex(lines.substr(at - 64, 64)).value();
}

TEST(SubmittedDigest, IsThatOfTheByteFormat) {
  for (const char* name : {"dispatch.json", "least.json", "status.json", "arrived.json", "liberal.json"}) {
    const Submission submission =
        read_header(samples::file(std::string("headers/") + name)).value().submission;
    EXPECT_EQ(submitted_digest(submission).hex(), expected(name).hex()) << name;
  }
}

TEST(SubmittedDigest, IsTheSameForFieldsAndForTheHeaderMadeOfThem) {
  const Submission submission = samples::dispatch().submission;
  const auto fields = from_proto(to_proto(submission));
  ASSERT_TRUE(fields) << fields.error().text();
  EXPECT_EQ(submitted_digest(*fields), submitted_digest(submission));
}

TEST(SubmittedDigest, DoesNotDependOnWhoSignsWhen) {
  Header header = samples::dispatch();
  const Digest before = submitted_digest(header.submission);
  header.signed_by = SignedBy::agency;
  header.node = {};
  header.signed_at += std::chrono::hours(1);
  EXPECT_EQ(submitted_digest(read_header(write_header(header)).value().submission), before);
}

TEST(SubmittedDigest, ChangesWithEveryField) {
  using Change = std::function<void(Submission&)>;
  const std::vector<Change> changes{
      [](Submission& s) { s.key.sender = samples::code("H52.02"); },
      [](Submission& s) { s.key.id = MessageId("2"); },
      [](Submission& s) { s.recipients.pop_back(); },
      [](Submission& s) { std::swap(s.recipients[0], s.recipients[1]); },
      [](Submission& s) { s.kind = MessageKind::status; },
      [](Submission& s) { s.priority = Priority::express; },
      [](Submission& s) { s.secrecy = "Mật"; },
      [](Submission& s) { s.references.clear(); },
      [](Submission& s) { s.references[0].id = MessageId("cong-van-123"); },
      [](Submission& s) { s.dispatch.reset(); },
      [](Submission& s) { s.status.emplace(); },
      [](Submission& s) { s.dispatch->business = BusinessKind::update; },
      [](Submission& s) { s.dispatch->business_reason += "."; },
      [](Submission& s) { s.dispatch->code.number = "126"; },
      [](Submission& s) { s.dispatch->code.notation = "UBND"; },
      [](Submission& s) { s.dispatch->promulgation.place = "Hà Nội"; },
      [](Submission& s) { s.dispatch->promulgation.date.reset(); },
      [](Submission& s) { s.dispatch->type.number = 19; },
      [](Submission& s) { s.dispatch->type.name = "Công điện"; },
      [](Submission& s) { s.dispatch->subject += "."; },
      [](Submission& s) { s.dispatch->content += "."; },
      [](Submission& s) { s.dispatch->signer.competence = "TL. CHỦ TỊCH"; },
      [](Submission& s) { s.dispatch->signer.position = "CHÁNH VĂN PHÒNG"; },
      [](Submission& s) { s.dispatch->signer.full_name = "Nguyễn Văn A"; },
      [](Submission& s) { s.dispatch->due_date = samples::date(2026, 12, 30); },
      [](Submission& s) { *s.dispatch->deliver_by += Duration(1); },
      [](Submission& s) { s.dispatch->response_for.pop_back(); },
      [](Submission& s) { s.dispatch->response_for[0].agency = samples::code("G10"); },
      [](Submission& s) { s.dispatch->response_for[0].id = "7816"; },
      [](Submission& s) { s.dispatch->response_for[0].code.number = "1"; },
      [](Submission& s) { s.dispatch->response_for[0].code.notation = "BNV"; },
      [](Submission& s) { s.dispatch->response_for[0].date.reset(); },
      [](Submission& s) { s.dispatch->steering = SteeringType::directive; },
      [](Submission& s) { s.dispatch->paper_follows = false; },
      [](Submission& s) { s.dispatch->to_places.pop_back(); },
      [](Submission& s) { s.dispatch->application_type.clear(); },
      [](Submission& s) { s.dispatch->reference_codes.clear(); },
      [](Submission& s) { s.staff.department = "Văn thư"; },
      [](Submission& s) { s.staff.staff = "Trần Thị B"; },
      [](Submission& s) { s.staff.email.clear(); },
      [](Submission& s) { s.staff.mobile.clear(); },
      [](Submission& s) { s.attachments.pop_back(); },
      [](Submission& s) { s.attachments[0].name = "125.pdf"; },
      [](Submission& s) { s.attachments[0].media_type = "text/plain"; },
      [](Submission& s) { s.attachments[0].size += 1; },
      [](Submission& s) { s.attachments[0].sha256 = Sha256::of("c"); },
      // Moving a boundary between two fields changes the digest too: each has its length.
      [](Submission& s) {
        s.dispatch->code = {"125U", "BND-NC"};
      },
      [](Submission& s) {
        s.staff = {"Văn phòngL", "ò Văn Ú", s.staff.email, s.staff.mobile};
      },
  };
  std::set<Digest> seen{submitted_digest(samples::dispatch().submission)};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Submission changed = samples::dispatch().submission;
    changes[i](changed);
    EXPECT_TRUE(seen.insert(submitted_digest(changed)).second) << "change " << i;
  }
}

TEST(SubmittedDigest, ChangesWithEveryFieldOfAStatus) {
  std::set<Digest> seen{submitted_digest(samples::status().submission)};
  Submission changed = samples::status().submission;
  changed.status->code = StatusCode::completed;
  EXPECT_TRUE(seen.insert(submitted_digest(changed)).second);
  changed.status->description.clear();
  EXPECT_TRUE(seen.insert(submitted_digest(changed)).second);
  changed.status->time.reset();
  EXPECT_TRUE(seen.insert(submitted_digest(changed)).second);
}

}  // namespace
}  // namespace tram::codec
