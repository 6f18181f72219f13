#include "codec/bundle.h"

#include <gtest/gtest.h>

#include "codec/receipt_proto.h"

namespace tram::codec {
namespace {

ReceiptBundle sample() {
  ReceiptBundle out;
  out.origin = "tram.example/G09";
  out.checkpoint = Bytes("tram.example/G09\n7\n\0binary too", 31);
  out.records = {{"{\"version\":1}", 6, {Sha256::of("a"), Sha256::of("b")}}, {"{}", 0, {}}};
  return out;
}

TEST(Bundle, ComesBackAsWritten) { EXPECT_EQ(read_bundle(write_bundle(sample())).value(), sample()); }

TEST(Bundle, OfNoRecordsComesBackToo) {
  ReceiptBundle bundle = sample();
  bundle.records.clear();
  EXPECT_EQ(read_bundle(write_bundle(bundle)).value(), bundle);
}

TEST(Bundle, IsBounded) {
  ReceiptBundle bundle = sample();
  bundle.records.assign(kMaxBundleRecords, sample().records[1]);
  EXPECT_TRUE(read_bundle(write_bundle(bundle)));
  bundle.records.push_back(sample().records[1]);
  EXPECT_FALSE(read_bundle(write_bundle(bundle))) << "too many records";

  bundle = sample();
  bundle.records[0].path.assign(kMaxAuditPath, Sha256::of("a"));
  EXPECT_TRUE(read_bundle(write_bundle(bundle)));
  bundle.records[0].path.push_back(Sha256::of("a"));
  EXPECT_FALSE(read_bundle(write_bundle(bundle))) << "a path longer than any tree is deep";

  bundle = sample();
  bundle.records[0].record.assign(65'536, ' ');
  EXPECT_FALSE(read_bundle(write_bundle(bundle))) << "a record longer than an entry";

  bundle = sample();
  bundle.checkpoint.assign(kMaxCheckpointBytes + 1, ' ');
  EXPECT_FALSE(read_bundle(write_bundle(bundle))) << "a checkpoint too long";
}

TEST(Bundle, OfAnotherFormNamesTheField) {
  v1::ReceiptBundle proto = to_proto(sample());
  proto.mutable_records(0)->set_path(1, "short");
  EXPECT_EQ(from_proto(proto).error().causes.at(0).field, "records[0].path[1]");
  proto = to_proto(sample());
  proto.mutable_records(1)->clear_record();
  EXPECT_EQ(from_proto(proto).error().causes.at(0).field, "records[1].record");
  proto = to_proto(sample());
  proto.clear_checkpoint();
  EXPECT_EQ(from_proto(proto).error().causes.size(), 2U);
}

TEST(Bundle, DamagedIsRefusedOrAnother) {
  const Bytes good = write_bundle(sample());
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes damaged = good;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x01);
    const auto read = read_bundle(damaged);
    EXPECT_TRUE(!read || *read != sample()) << "byte " << i;
  }
}

}  // namespace
}  // namespace tram::codec
