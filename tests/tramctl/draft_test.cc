#include "tramctl/draft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tramctl/arguments.h"

namespace tram::client {
namespace {

const AgencyCode kSender = *AgencyCode::parse("H52.01");
const Timestamp kNow = *from_rfc3339("2026-11-24T11:20:00Z");

SendOptions good() {
  SendOptions out;
  out.to = {"G09.02"};
  out.subject = "Về việc báo cáo";
  out.number = "125";
  out.notation = "UBND-NC";
  out.type = "Công văn";
  return out;
}

Attachment attachment(std::string name) { return {std::move(name), "application/pdf", 3, Sha256::of("abc")}; }

std::vector<std::string> fields(const Error& error) {
  std::vector<std::string> out;
  for (const Error& cause : error.causes) out.push_back(cause.field);
  return out;
}

TEST(Document, IsMadeOfTheOptions) {
  SendOptions options = good();
  options.priority = "hỏa-tốc";
  options.date = "2026-11-24";
  options.response_for = {"G09.02/cũ/12"};
  const auto made = draft_document(options, kSender, {attachment("a.pdf")}, kNow);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->key.sender, kSender);
  EXPECT_EQ(made->key.id.text().size(), 36U);
  EXPECT_EQ(made->priority, Priority::express);
  EXPECT_EQ(made->dispatch->code, (DocumentCode{"125", "UBND-NC"}));
  EXPECT_EQ(made->dispatch->response_for.at(0).id, "cũ/12");
  EXPECT_EQ(made->attachments.at(0).name, "a.pdf");
}

TEST(Document, KeepsAGivenId) {
  SendOptions options = good();
  options.submit.id = "125-2026";
  EXPECT_EQ(draft_document(options, kSender, {}, kNow)->key.id.text(), "125-2026");
}

TEST(Document, AllBadOptionsAreNamedAtOnce) {
  SendOptions options = good();
  options.to = {"G09.02", "nobody"};
  options.priority = "gấp";
  options.due_date = "24/11/2026";
  options.business = "delete";
  const auto made = draft_document(options, kSender, {}, kNow);
  ASSERT_FALSE(made);
  EXPECT_TRUE(is_usage(made.error()));
  EXPECT_THAT(fields(made.error()),
              testing::UnorderedElementsAre("--to", "--priority", "--due-date", "--business"));
}

TEST(Document, TheRulesOfMessagesAreAppliedBeforeTheNodeIsAsked) {
  SendOptions options = good();
  options.to = {"G09.02", "000.00.02.G09"};
  const auto twice = draft_document(options, kSender, {}, kNow);
  ASSERT_FALSE(twice);
  EXPECT_TRUE(is_usage(twice.error()));
  const auto same_name = draft_document(good(), kSender, {attachment("a.pdf"), attachment("A.PDF")}, kNow);
  ASSERT_FALSE(same_name);
  EXPECT_TRUE(is_usage(same_name.error()));
}

TEST(Document, ARecallNamesWhatItRecalls) {
  SendOptions options = good();
  options.business = "recall";
  options.reason = "Sai số liệu";
  EXPECT_FALSE(draft_document(options, kSender, {}, kNow));
  options.references = {"earlier"};
  const auto made = draft_document(options, kSender, {}, kNow);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->references.at(0), (MessageKey{kSender, MessageId("earlier")}));
}

TEST(StatusMessage, GoesToTheSenderOfWhatItIsAbout) {
  StatusOptions options;
  options.code = "03";
  options.description = "Đã tiếp nhận";
  const MessageKey about{*AgencyCode::parse("G09.02"), MessageId("x")};
  const auto made = draft_status(options, kSender, about, kNow);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->recipients, std::vector{about.sender});
  EXPECT_EQ(made->references, std::vector{about});
  EXPECT_EQ(made->status->code, StatusCode::received);
  EXPECT_EQ(made->status->time, kNow);
  options.code = "99";
  EXPECT_FALSE(draft_status(options, kSender, about, kNow));
}

TEST(StatusMessage, UnderAGivenIdIsTheSameEachTime) {
  StatusOptions options;
  options.code = "06";
  options.submit.id = "s1";
  const MessageKey about{*AgencyCode::parse("G09.02"), MessageId("x")};
  EXPECT_EQ(*draft_status(options, kSender, about, kNow),
            *draft_status(options, kSender, about, kNow + std::chrono::hours(1)));
}

}  // namespace
}  // namespace tram::client
