#include "log/tlog_proof.h"

#include <gtest/gtest.h>

#include "tests/log/support.h"

namespace tram::log {
namespace {

const std::string kOrigin = "sonla.example/tram";

/// Proof of entry 123 in a log of 300.
TlogProof proof() {
  MemoryTiles tiles;
  Tree tree(tiles);
  grow(tree, tiles, 300);
  const Checkpoint head{kOrigin, 300, tree.root().value(), ""};
  return {"", 123, tree.inclusion_proof(123, 300).value(), sign_checkpoint(head, signer(kOrigin)).value()};
}

bool holds(std::string_view text, BytesView of) {
  const auto parsed = parse_tlog_proof(text);
  return parsed && verify(*parsed, of, signer(kOrigin).verifier());
}

TEST(TlogProof, RoundTrip) {
  TlogProof out = proof();
  out.extra = Bytes("any\0thing", 9);
  const TlogProof in = parse_tlog_proof(format_tlog_proof(out)).value();
  EXPECT_EQ(in.extra, out.extra);
  EXPECT_EQ(in.index, out.index);
  EXPECT_EQ(in.path, out.path);
  EXPECT_EQ(in.checkpoint, out.checkpoint);
  EXPECT_EQ(verify(in, entry(123), signer(kOrigin).verifier()).value().size, 300U);
}

TEST(TlogProof, TheFormIsThatOfTheSpecification) {
  const TlogProof out = proof();
  std::string expected = "c2sp.org/tlog-proof@v1\nindex 123\n";
  for (const Digest& hash : out.path) expected += to_base64(hash.bytes()) + "\n";
  EXPECT_EQ(format_tlog_proof(out), expected + "\n" + out.checkpoint);
}

TEST(TlogProof, ALogOfOneEntryHasNoHashes) {
  const Checkpoint head{kOrigin, 1, leaf_of(0), ""};
  const TlogProof out{"", 0, {}, sign_checkpoint(head, signer(kOrigin)).value()};
  EXPECT_TRUE(holds(format_tlog_proof(out), entry(0)));
  EXPECT_FALSE(holds(format_tlog_proof(out), entry(1)));
}

TEST(TlogProof, EveryChangedBitIsRefused) {
  std::string text = format_tlog_proof(proof());
  ASSERT_TRUE(holds(text, entry(123)));
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    const auto mask = static_cast<char>(1 << bit % 8);
    text[bit / 8] ^= mask;
    EXPECT_FALSE(holds(text, entry(123))) << "byte " << bit / 8 << " bit " << bit % 8;
    text[bit / 8] ^= mask;
  }
}

TEST(TlogProof, EveryTruncationIsRefused) {
  const std::string text = format_tlog_proof(proof());
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(holds(text.substr(0, size), entry(123)));
  EXPECT_FALSE(holds(text + "\n", entry(123)));
}

TEST(TlogProof, EveryChangedByteOfTheEntryIsRefused) {
  const TlogProof good = proof();
  for (std::size_t at = 0; at < entry(123).size(); ++at) {
    Bytes changed = entry(123);
    changed[at] ^= 1;
    EXPECT_EQ(verify(good, changed, signer(kOrigin).verifier()).error().reason, "INCLUSION_PROOF_INVALID");
  }
  EXPECT_FALSE(verify(good, "", signer(kOrigin).verifier()));
  EXPECT_FALSE(verify(good, entry(123), signer("other.example").verifier()));
}

TEST(TlogProof, RefusesMalformedTexts) {
  const TlogProof good = proof();
  const std::string head = "c2sp.org/tlog-proof@v1\n";
  const std::string hash = to_base64(leaf_of(0).bytes()) + "\n";
  std::string many;
  for (std::size_t i = 0; i <= kMaxPathLength; ++i) many += hash;
  const std::string tail = "\n" + good.checkpoint;
  ASSERT_TRUE(parse_tlog_proof(head + "index 1\n" + hash + tail));
  ASSERT_TRUE(parse_tlog_proof(head + "extra AA==\nindex 1\n" + tail));
  for (const std::string& bad :
       {std::string(),
        head,
        "c2sp.org/tlog-proof@v2\nindex 1\n" + tail,
        "index 1\n" + tail,
        head + tail,
        head + "index\n" + tail,
        head + "index \n" + tail,
        head + "index 01\n" + tail,
        head + "index -1\n" + tail,
        head + "index 18446744073709551616\n" + tail,
        head + "Index 1\n" + tail,
        head + "index 1 \n" + tail,
        head + "index 1\nindex 1\n" + tail,
        head + "extra \nindex 1\n" + tail,
        head + "extra A\nindex 1\n" + tail,
        head + "extra AA==\nextra AA==\nindex 1\n" + tail,
        head + "index 1\nextra AA==\n" + tail,
        head + "extra " + std::string(kMaxProofExtra * 2, 'A') + "\nindex 1\n" + tail,
        head + "index 1\n" + many + tail,
        head + "index 1\nAAAA\n" + tail,
        head + "index 1\n" + hash.substr(0, 43) + "\n" + tail,
        head + "index 1\n" + hash,
        head + "index 1\n" + hash + "\n",
        head + "index 1\r\n" + hash + tail,
        head + "index 1\n\n" + tail.substr(0, tail.find("\n\n"))}) {
    EXPECT_FALSE(parse_tlog_proof(bad)) << bad.substr(0, 200);
  }
}

TEST(TlogProof, OneCheckpointServesManyEntries) {
  MemoryTiles tiles;
  Tree tree(tiles);
  grow(tree, tiles, 500);
  const Checkpoint head{kOrigin, 500, tree.root().value(), ""};
  const std::string note = sign_checkpoint(head, signer(kOrigin)).value();
  const Checkpoint opened = open_checkpoint(note, signer(kOrigin).verifier()).value();
  for (std::uint64_t index = 0; index < 500; ++index) {
    const Path path = tree.inclusion_proof(index, 500).value();
    EXPECT_TRUE(verify_entry(entry(index), index, path, opened));
    EXPECT_FALSE(verify_entry(entry(index + 1), index, path, opened));
  }
}

}  // namespace
}  // namespace tram::log
