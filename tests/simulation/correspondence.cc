#include "tests/simulation/correspondence.h"

#include <algorithm>

namespace tram::sim {

void Correspondence::write_one() {
  SimAgency& sender = scene_.random_agency();
  Submission fields = make(sender);
  written_.push_back(fields);
  send(sender, std::move(fields));
}

Submission Correspondence::make(SimAgency& sender) {
  const std::string id = "d" + std::to_string(written_.size() + 1) + "-" + sender.code().text();
  Submission fields = dispatch(sender.code().text(), id, {});
  if (world_.chance(450)) fields.priority = static_cast<Priority>(1 + world_.random(4));
  if (fields.priority == Priority::express_at_hour) fields.dispatch->deliver_by = world_.now();
  if (world_.chance(150)) fields.dispatch->application_type = "MCDT_DT";
  if (!written_.empty() && world_.chance(350)) name_an_earlier_one(fields);
  address(fields);
  return fields;
}

// One to four agencies, among them at times one that does not exist.
void Correspondence::address(Submission& fields) {
  std::vector<AgencyCode>& to = fields.recipients;
  const auto add = [&](const AgencyCode& agency) {
    if (agency != fields.key.sender && std::count(to.begin(), to.end(), agency) == 0) to.push_back(agency);
  };
  for (std::uint64_t wanted = 1 + world_.random(4); wanted > 0; --wanted) add(scene_.random_agency().code());
  if (world_.chance(50)) add(code(scene_.random_node().code().text() + ".99"));
  if (world_.chance(20)) add(code("K77.01"));
  if (to.empty()) add(code(scene_.random_node().code().text() + ".99"));
}

// Its own mostly, then a recall, an update or a replacement that goes to the same ones too; or another's.
void Correspondence::name_an_earlier_one(Submission& fields) {
  const Submission& earlier = written_[world_.random(written_.size())];
  fields.references.push_back(earlier.key);
  if (earlier.key.sender != fields.key.sender) return;
  fields.recipients = earlier.recipients;
  fields.dispatch->business = static_cast<BusinessKind>(1 + world_.random(3));
}

File Correspondence::attachment(std::size_t number, std::uint64_t size) {
  Bytes bytes = "tệp " + std::to_string(number) + " của văn bản " + std::to_string(written_.size()) + "\n";
  if (bytes.size() < size) bytes.resize(size, static_cast<char>('a' + world_.random(26)));
  return file("tep-" + std::to_string(number) + ".pdf", std::move(bytes));
}

std::vector<File> Correspondence::attachments() {
  std::vector<File> out;
  const std::uint64_t count = world_.random(3);
  for (std::uint64_t i = 0; i < count; ++i) out.push_back(attachment(i, world_.random(600)));
  return out;
}

void Correspondence::send(SimAgency& sender, Submission fields) {
  const std::uint64_t choice = world_.random(100);
  if (choice < 12) {
    tell(fields, "after an upload");
    std::vector<File> files = attachments();
    files.push_back(attachment(9, 17'000 + world_.random(60'000)));
    return sender.send_uploaded(std::move(fields), files);
  }
  std::vector<File> files = attachments();
  if (choice < 30) {
    tell(fields, "signed by itself");
    for (const File& each : files) fields.attachments.push_back(each.attachment);
    exchange::SubmissionRequest out;
    out.submission = sign(fields, world_.now(), seal_of(sender.code()));
    for (const File& each : files) out.contents.push_back({false, each.bytes});
    return sender.send(std::move(out));
  }
  tell(fields, "to be sealed");
  if (world_.chance(20)) fields.secrecy = "Mật";
  sender.send(request(std::move(fields), files));
}

void Correspondence::tell(const Submission& fields, std::string_view how) {
  std::string line = fields.key.sender.text() + " sends " + fields.key.id.text() + " (" +
                     std::string(name(fields.priority)) + ", " + std::string(how) + ") to";
  for (const AgencyCode& agency : fields.recipients) line += " " + agency.text();
  for (const MessageKey& key : fields.references) line += ", naming " + key.id.text();
  world_.remember(line);
}

}  // namespace tram::sim
