#include "log/checkpoint.h"

#include <gtest/gtest.h>

#include "tests/log/support.h"

namespace tram::log {
namespace {

const std::string kOrigin = "sonla.example/tram";
const std::string kRoot = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=";

Checkpoint eight() {
  return {kOrigin, 8, digest("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"), ""};
}

TEST(Checkpoint, GoldenNote) {
  EXPECT_EQ(sign_checkpoint(eight(), signer(kOrigin)).value(), data_file("checkpoint-8.note"));
  EXPECT_EQ(open_checkpoint(data_file("checkpoint-8.note"), signer(kOrigin).verifier()).value(), eight());
}

TEST(Checkpoint, EmptyTreeAndExtensions) {
  const Checkpoint empty{kOrigin, 0, empty_root(), ""};
  EXPECT_EQ(parse_checkpoint(format_checkpoint(empty)).value(), empty);
  Checkpoint extended = eight();
  extended.extensions = "one\ntwo\n";
  EXPECT_EQ(parse_checkpoint(format_checkpoint(extended)).value(), extended);
}

TEST(Checkpoint, RefusesMalformedTexts) {
  const std::string good = kOrigin + "\n8\n" + kRoot + "\n";
  ASSERT_TRUE(parse_checkpoint(good));
  for (const std::string& bad : {std::string(),
                                 kOrigin + "\n",
                                 kOrigin + "\n8\n",
                                 good.substr(0, good.size() - 1),
                                 "\n8\n" + kRoot + "\n",
                                 kOrigin + "\n08\n" + kRoot + "\n",
                                 kOrigin + "\n+8\n" + kRoot + "\n",
                                 kOrigin + "\n-8\n" + kRoot + "\n",
                                 kOrigin + "\n 8\n" + kRoot + "\n",
                                 kOrigin + "\n8 \n" + kRoot + "\n",
                                 kOrigin + "\n0x8\n" + kRoot + "\n",
                                 kOrigin + "\n\n" + kRoot + "\n",
                                 kOrigin + "\n18446744073709551616\n" + kRoot + "\n",
                                 kOrigin + "\n4611686018427387905\n" + kRoot + "\n",
                                 kOrigin + "\n0\n" + kRoot + "\n",
                                 kOrigin + "\n8\nAAAA\n",
                                 kOrigin + "\n8\n" + kRoot.substr(0, 43) + "\n",
                                 kOrigin + "\n8\n" + kRoot + "=\n",
                                 good + "\n",
                                 good + "x",
                                 good + "x\n\n"}) {
    const auto checkpoint = parse_checkpoint(bad);
    ASSERT_FALSE(checkpoint) << bad;
    EXPECT_EQ(checkpoint.error().reason, "CHECKPOINT_MALFORMED");
  }
}

TEST(Checkpoint, OnlyItsOwnLogSignsIt) {
  EXPECT_EQ(sign_checkpoint(eight(), signer("other.example")).error().reason, "CHECKPOINT_FOREIGN");
  const NoteSigner other = signer("other.example");
  const std::string foreign = sign_note(format_checkpoint(eight()), std::span(&other, 1)).value();
  EXPECT_EQ(open_checkpoint(foreign, other.verifier()).error().reason, "CHECKPOINT_FOREIGN");
  EXPECT_EQ(open_checkpoint(foreign, signer(kOrigin).verifier()).error().reason, "NOTE_UNSIGNED");
  EXPECT_EQ(
      open_checkpoint(data_file("checkpoint-8.note"), signer(kOrigin, kSeed2).verifier()).error().reason,
      "NOTE_UNSIGNED");
}

TEST(Checkpoint, IsKeptWithItsLogsOwnSignatureAlone) {
  const std::string note = data_file("checkpoint-8.note");
  const VerifierKey log = signer(kOrigin).verifier();
  const std::string own_line = note.substr(note.find("\n\n") + 2);
  const std::string other_line = signer("other.example", kSeed2).signature_line("other text\n").value();
  const std::string text = note.substr(0, note.size() - own_line.size());
  for (const std::string& longer : {note, note + other_line, text + other_line + own_line, note + own_line,
                                    note + "\u2014 x/y AAAAAAAA\n"}) {
    const auto opened = open_signed_checkpoint(longer, log);
    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_EQ(opened->note, note);
    EXPECT_EQ(opened->checkpoint, eight());
  }
  EXPECT_EQ(open_signed_checkpoint(text + other_line, log).error().reason, "NOTE_UNSIGNED");
  EXPECT_EQ(open_signed_checkpoint("", log).error().reason, "NOTE_MALFORMED");
}

TEST(Checkpoint, ExtensionsAreSignedAndKept) {
  Checkpoint extended = eight();
  extended.extensions = "one\ntwo\n";
  const std::string note = sign_checkpoint(extended, signer(kOrigin)).value();
  const auto opened = open_signed_checkpoint(note, signer(kOrigin).verifier());
  ASSERT_TRUE(opened) << opened.error().text();
  EXPECT_EQ(opened->note, note);
  EXPECT_EQ(opened->checkpoint, extended);
}

TEST(Checkpoint, OfOneSizeHasOneRoot) {
  const std::string note = data_file("checkpoint-8.note");
  Checkpoint extended = eight();
  extended.extensions = "one\n";
  EXPECT_TRUE(require_same_root(note, note));
  EXPECT_TRUE(require_same_root(note, note + "\u2014 x/y AAAAAAAA\n"));
  EXPECT_TRUE(require_same_root(note, sign_checkpoint(extended, signer(kOrigin)).value()));
  EXPECT_TRUE(require_same_root(note, sign_checkpoint(eight(), signer(kOrigin, kSeed2)).value()));
}

TEST(Checkpoint, OfTwoRootsBothAreNamedAndTheSecondsSignature) {
  const std::string note = data_file("checkpoint-8.note");
  Checkpoint other = eight();
  other.root = leaf_of(1);
  const std::string other_note = sign_checkpoint(other, signer(kOrigin)).value();
  const auto forked = require_same_root(note, other_note);
  ASSERT_FALSE(forked);
  EXPECT_EQ(forked.error().code, ErrorCode::failed_precondition);
  EXPECT_EQ(forked.error().reason, kLogForked);
  const Bytes signature = parse_note(other_note).value().signatures[0].signature;
  for (const std::string& named : {kOrigin, kRoot, to_base64(other.root.bytes()), to_base64(signature)})
    EXPECT_NE(forked.error().message.find(named), std::string::npos) << named;
}

TEST(Checkpoint, WhatIsNoneIsNotTheSame) {
  const std::string note = data_file("checkpoint-8.note");
  EXPECT_EQ(require_same_root(note, "note").error().reason, "NOTE_MALFORMED");
  EXPECT_EQ(require_same_root("note", note).error().reason, "NOTE_MALFORMED");
}

TEST(Checkpoint, RefusesToSignTheImpossible) {
  Checkpoint bad = eight();
  bad.size = 0;
  EXPECT_FALSE(sign_checkpoint(bad, signer(kOrigin)));
  bad = eight();
  bad.extensions = "no line break";
  EXPECT_FALSE(sign_checkpoint(bad, signer(kOrigin)));
}

}  // namespace
}  // namespace tram::log
