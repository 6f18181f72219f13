#include "tests/transport/golden_frames.h"

#include <google/protobuf/util/message_differencer.h>
#include <tram/v1/audit.pb.h>
#include <tram/v1/content.pb.h>
#include <tram/v1/exchange.pb.h>
#include <tram/v1/operations.pb.h>
#include <tram/v1/relay.pb.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "codec/message_proto.h"
#include "tests/transport/scripted_node.h"
#include "transport/delivery_proto.h"
#include "transport/relay_proto.h"

namespace tram::transport::test {
namespace {

namespace pb = google::protobuf;

constexpr const char* kFolder = "/tests/data/protocol-1/";
constexpr const char* kDefinitions = "definitions.bin";

Timestamp noon() { return from_micros(1'795'521'600'123'456); }

ProvenRecord proven(const std::string& record) {
  return {record, 20'000'000'001, {Sha256::of("left"), Sha256::of("right")}};
}

exchange::HopMessage small(const std::string& header) {
  exchange::HopMessage out;
  out.header = header;
  out.signature = "signature";
  out.certificate = Sha256::of("certificate");
  out.recipients = {code("H52.05")};
  return out;
}

exchange::HopMessage full() {
  exchange::HopMessage out = small("{\"version\":1} đầy đủ");
  out.recipients = {code("H52.01"), code("000.00.05.H52")};
  out.contents = {{false, Bytes("bytes\0inside", 12)}, {true, ""}, {false, ""}};
  out.trace = {code("G09"), code("G22")};
  out.acceptance = exchange::ProvenAcceptance{"log.example/g09", "a signed note", proven("acceptance")};
  out.forwarding = Forwarding{"the act", "its signature", Sha256::of("seal of the node")};
  out.retry = 3;
  return out;
}

template <class Message, class Fill>
Frame frame(const std::string& file, Fill fill) {
  auto message = std::make_shared<Message>();
  fill(*message);
  return {file, std::move(message)};
}

Error refusal() {
  Error out = failure(ErrorCode::failed_precondition, "SIGNATURE_REFUSED", "chữ ký không đúng", "ký lại");
  out.field = "signature";
  out.causes = {invalid("chain", "CHAIN_BROKEN", "no path to a root")};
  return out;
}

Submission submission() {
  Submission out;
  out.key = {code("H52.01"), MessageId("0193a2b4-0000-7000-8000-000000000001")};
  out.recipients = {code("G09.02"), code("H52.05")};
  out.priority = Priority::express_at_hour;
  out.references = {{code("H52.01"), MessageId("earlier")}};
  out.staff = {"Văn phòng", "Nguyễn Văn A", "a@example.vn", "0900000000"};
  out.attachments = {{"công văn.pdf", "application/pdf", 5, Sha256::of("bytes")}};
  Dispatch dispatch;
  dispatch.business = BusinessKind::replace;
  dispatch.business_reason = "sai số liệu";
  dispatch.code = {"125", "UBND-NC"};
  dispatch.promulgation = {"Sơn La", std::chrono::year(2026) / 11 / 24};
  dispatch.type = {1, "Công văn"};
  dispatch.subject = "Về việc thử nghiệm";
  dispatch.content = "tóm tắt";
  dispatch.signer = {"KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Nguyễn Văn B"};
  dispatch.due_date = std::chrono::year(2026) / 12 / 31;
  dispatch.deliver_by = noon();
  dispatch.response_for = {{code("G09.02"), "cũ", {"7", "BNV"}, std::chrono::year(2026) / 1 / 2}};
  dispatch.steering = SteeringType::directive;
  dispatch.paper_follows = true;
  dispatch.to_places = {"Như trên"};
  dispatch.application_type = "MCDT_DT";
  dispatch.reference_codes = {"000.00.01.H52-261124-0001"};
  out.dispatch = std::move(dispatch);
  return out;
}

exchange::Delivery delivery() {
  exchange::Delivery out;
  out.id = DeliveryId("H52.01/d/G09.02");
  out.redelivered = true;
  out.recipient = code("G09.02");
  out.header = "header";
  out.signature = "signature";
  out.certificate = "certificate";
  out.contents = {{false, "bytes"}, {true, ""}};
  out.verdict.agency = code("H52.01");
  out.verdict.signature = CheckState::good;
  out.verdict.judged_at = noon();
  out.arrived_at = noon();
  out.forwarding = Forwarding{"the act", "its signature", Sha256::of("seal of the node")};
  out.forwarding_certificate = "certificate of the seal";
  return out;
}

std::vector<Frame> between_nodes() {
  return {
      frame<v1::RelayFrame>("relay-hello.bin",
                            [](auto& out) {
                              *out.mutable_hello() = to_proto(golden_hello("G22"));
                              out.mutable_hello()->set_lane(v1::LANE_URGENT);
                            }),
      frame<v1::RelayFrame>("relay-batch.bin",
                            [](auto& out) {
                              out.mutable_batch()->set_number(1);
                              for (auto& item : golden_items())
                                *out.mutable_batch()->add_items() = to_proto(std::move(item));
                            }),
      frame<v1::RelayFrame>("relay-certificates.bin",
                            [](auto& out) {
                              for (const Bytes& der : golden_certificates())
                                out.mutable_certificates()->add_der(der);
                            }),
      frame<v1::RelayFrame>("relay-draining.bin", [](auto& out) { out.set_draining(true); }),
      frame<v1::ListHeldRequest>("list-held.bin",
                                 [](auto& out) {
                                   out.set_since("2026-11-24T10:00:00Z");
                                   out.set_after(17);
                                 }),
      frame<v1::ListHeldResponse>(
          "held.bin",
          [](auto& out) {
            out = to_proto(exchange::HeldPage{
                {{{code("G09.02"), MessageId("m-1")}, {code("H52.01"), code("H52.05")}}}, 17});
          }),
      frame<v1::RelayAnswer>("answer-hello.bin",
                             [](auto& out) {
                               *out.mutable_hello() = to_proto(golden_hello("H52"));
                               out.mutable_hello()->set_lane(v1::LANE_URGENT);
                             }),
      frame<v1::RelayAnswer>("answer-outcome.bin",
                             [](auto& out) {
                               out.mutable_outcome()->set_number(1);
                               for (const auto& outcome : golden_outcomes())
                                 *out.mutable_outcome()->add_outcomes() = to_proto(outcome);
                             }),
      frame<v1::RelayAnswer>("answer-draining.bin", [](auto& out) { out.set_draining(true); }),
  };
}

std::vector<Frame> of_systems() {
  const MessageKey key{code("H52.01"), MessageId("d")};
  return {
      frame<v1::SendRequest>("send-fields.bin",
                             [](auto& out) {
                               out.set_request(7);
                               *out.mutable_fields() = codec::to_proto(submission());
                               out.add_contents()->set_inline_("bytes");
                             }),
      frame<v1::SendRequest>("send-signed.bin",
                             [](auto& out) {
                               out.set_request(8);
                               out.mutable_signed_()->set_header("header");
                               out.mutable_signed_()->set_signature("signature");
                               out.mutable_signed_()->set_certificate("certificate");
                               out.add_contents()->set_uploaded(true);
                             }),
      frame<v1::SendResponse>(
          "send-accepted.bin",
          [&](auto& out) {
            out = to_proto(7, exchange::Acceptance{key, noon(), Sha256::of("h"), 41, true});
          }),
      frame<v1::SendResponse>("send-refused.bin", [](auto& out) { out = to_proto(8, refusal()); }),
      frame<v1::ReceiveRequest>("receive-open.bin",
                                [](auto& out) {
                                  out.mutable_open()->set_credits(9);
                                  out.mutable_open()->set_from_the_waiting_only(true);
                                }),
      frame<v1::ReceiveRequest>("receive-credits.bin", [](auto& out) { out.set_credits(3); }),
      frame<v1::ReceiveRequest>("receive-acknowledge.bin",
                                [](auto& out) { out.set_acknowledge("H52.01/d/G09.02"); }),
      frame<v1::ReceiveResponse>("receive-delivery.bin", [](auto& out) { out = to_proto(delivery()); }),
      frame<v1::ReceiveResponse>("receive-acknowledged.bin",
                                 [](auto& out) { out.set_acknowledged("H52.01/d/G09.02"); }),
      frame<v1::ReceiveResponse>("receive-draining.bin", [](auto& out) { out.set_draining(true); }),
      frame<v1::PutRequest>("content-put.bin",
                            [](auto& out) {
                              out.mutable_content()->set_sha256(Bytes(Sha256::of("content").bytes()));
                              out.mutable_content()->set_size(7);
                              out.set_offset(4);
                              out.set_chunk("ent");
                            }),
      frame<v1::ContentState>("content-state.bin",
                              [](auto& out) {
                                out.set_stored(7);
                                out.set_complete(true);
                              }),
  };
}

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  if (!in || !(out << in.rdbuf())) std::abort();  // a fixture is missing: no test tests what it says
  return out.str();
}

// The file and all it needs, what is needed first.
void add(const pb::FileDescriptor& file, std::set<std::string>& seen, pb::FileDescriptorSet& out) {
  if (!seen.insert(file.name()).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) add(*file.dependency(i), seen, out);
  file.CopyTo(out.add_file());
}

}  // namespace

exchange::PeerHello golden_hello(std::string_view node) {
  exchange::PeerHello out;
  out.node = code(node);
  out.inline_limit = 1 << 20;
  out.max_batch_bytes = 1 << 19;
  out.lacks_since = noon();
  return out;
}

std::vector<exchange::HopItem> golden_items() {
  return {full(), small("second"), small("third"), small("fourth"),
          ReceiptBundle{"log.example/g09", "a signed note", {proven("hand-over"), proven("consignment")}}};
}

std::vector<exchange::HopOutcome> golden_outcomes() {
  return {{exchange::HopResult::accepted, {}},
          {exchange::HopResult::need_certificate, {}},
          {exchange::HopResult::need_content, {}},
          {exchange::HopResult::retry, failure(ErrorCode::unavailable, "DRAINING", "the node is stopping")},
          {exchange::HopResult::refused, refusal()}};
}

std::vector<Bytes> golden_certificates() { return {"one in DER", "another in DER"}; }

std::vector<Frame> frames_of_today() {
  std::vector<Frame> out = between_nodes();
  for (Frame& each : of_systems()) out.push_back(std::move(each));
  return out;
}

RecordedProtocol::RecordedProtocol() {
  if (!definitions_.ParseFromString(bytes(kDefinitions))) std::abort();
  for (const auto& file : definitions_.file()) {
    if (pool_.BuildFile(file) == nullptr) std::abort();
  }
}

std::string RecordedProtocol::bytes(const std::string& file) {
  return slurp(TRAM_SOURCE_DIR + (kFolder + file));
}

std::unique_ptr<pb::Message> RecordedProtocol::read(const std::string& type, const std::string& bytes) {
  const pb::Descriptor* known = pool_.FindMessageTypeByName(type);
  if (known == nullptr) return nullptr;
  std::unique_ptr<pb::Message> out(factory_.GetPrototype(known)->New());
  if (!out->ParseFromString(bytes)) return nullptr;
  out->DiscardUnknownFields();
  return out;
}

void record_protocol(const std::string& folder) {
  for (const Frame& each : frames_of_today())
    std::ofstream(folder + "/" + each.file, std::ios::binary) << each.message->SerializeAsString();
  pb::FileDescriptorSet definitions;
  std::set<std::string> seen;
  for (const pb::Descriptor* any :
       {v1::RelayFrame::descriptor(), v1::SendRequest::descriptor(), v1::PutRequest::descriptor(),
        v1::NodeInfo::descriptor(), v1::GetCheckpointRequest::descriptor()})
    add(*any->file(), seen, definitions);
  std::ofstream(folder + "/" + kDefinitions, std::ios::binary) << definitions.SerializeAsString();
}

}  // namespace tram::transport::test
