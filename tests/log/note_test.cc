#include "log/note.h"

#include <gtest/gtest.h>

#include "tests/log/support.h"

namespace tram::log {
namespace {

const std::string kName = "sonla.example/tram";

std::vector<VerifierKey> known() { return {signer(kName).verifier()}; }
std::string signature_line(const std::string& text) { return signer(kName).signature_line(text).value(); }

// Both files were made with golang.org/x/mod/sumdb/note from the key of RFC 8032 section 7.1, test 1.
TEST(Note, GoldenKeyAndNote) {
  const std::string note = data_file("checkpoint-8.note");
  const NoteSigner log = signer(kName);
  EXPECT_EQ(log.verifier().vkey() + "\n", data_file("checkpoint-8.vkey"));
  const std::string text = note.substr(0, note.find("\n\n") + 1);
  EXPECT_EQ(sign_note(text, std::span(&log, 1)).value(), note);
  EXPECT_EQ(open_note(note, known()).value(), text);
}

// The example of the documentation of golang.org/x/mod/sumdb/note.
TEST(Note, ExampleSignedByAnother) {
  const auto key =
      VerifierKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").value();
  const std::string text =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const std::string note =
      text +
      "\n\u2014 PeterNeumann "
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJ"
      "nAM=\n";
  EXPECT_EQ(open_note(note, std::span(&key, 1)).value(), text);
}

TEST(Note, EveryChangedBitIsRefused) {
  std::string note = data_file("checkpoint-8.note");
  for (std::size_t bit = 0; bit < note.size() * 8; ++bit) {
    const auto mask = static_cast<char>(1 << bit % 8);
    note[bit / 8] ^= mask;
    EXPECT_FALSE(open_note(note, known())) << "byte " << bit / 8 << " bit " << bit % 8;
    note[bit / 8] ^= mask;
  }
  EXPECT_TRUE(open_note(note, known()));
}

TEST(Note, EveryTruncationAndInsertionIsRefused) {
  const std::string note = data_file("checkpoint-8.note");
  for (std::size_t at = 0; at < note.size(); ++at) {
    EXPECT_FALSE(open_note(note.substr(0, at), known())) << at;
    for (const char c : {'\n', 'A', ' ', '\r'}) {
      const std::string longer = std::string(note).insert(at, 1, c);
      EXPECT_FALSE(open_note(longer, known())) << at;
    }
  }
  for (const char* tail : {"\n", "x", "\n\n", " ", "\u2014 \n"})
    EXPECT_FALSE(open_note(note + tail, known()));
}

TEST(Note, UnknownKeysAreIgnored) {
  const std::string text = "text\n";
  const std::vector<NoteSigner> both = {signer("other.example", kSeed2), signer(kName)};
  const std::string note = sign_note(text, both).value();
  EXPECT_EQ(open_note(note, known()).value(), text);
  const auto parsed = parse_note(note).value();
  ASSERT_EQ(parsed.signatures.size(), 2U);
  EXPECT_EQ(verify_note(parsed, std::vector{signer(kName).verifier(), both[0].verifier()}).value(),
            (std::vector<std::size_t>{1, 0}));
  EXPECT_EQ(verify_note(parsed, std::vector{signer("third.example").verifier()}).error().reason,
            "NOTE_UNSIGNED");
  EXPECT_EQ(verify_note(parsed, {}).error().reason, "NOTE_UNSIGNED");
}

TEST(Note, WhatIsKeptHasTheSignaturesOfKnownKeysAlone) {
  const std::vector<NoteSigner> signers = {signer("other.example", kSeed2), signer(kName),
                                           signer("third.example", kSeed2)};
  const std::vector<VerifierKey> two = {signers[1].verifier(), signers[0].verifier()};
  const std::string note = sign_note("text\n", signers).value() + signature_line("text\n");
  const auto parsed = parse_note(note).value();
  EXPECT_EQ(format_note(parsed), note);
  EXPECT_EQ(format_note(keep_known_signatures(parsed, known()).value()),
            sign_note("text\n", std::span(&signers[1], 1)).value());
  EXPECT_EQ(format_note(keep_known_signatures(parsed, two).value()),
            sign_note("text\n", std::vector{signer(kName), signer("other.example", kSeed2)}).value());
}

TEST(Note, NothingIsKeptOfANoteThatDoesNotHold) {
  const NoteSigner other = signer("other.example", kSeed2);
  const std::string unsigned_here = sign_note("text\n", std::span(&other, 1)).value();
  EXPECT_EQ(keep_known_signatures(parse_note(unsigned_here).value(), known()).error().reason,
            "NOTE_UNSIGNED");
  const std::string wrong = unsigned_here + signature_line("other text\n");
  EXPECT_EQ(keep_known_signatures(parse_note(wrong).value(), known()).error().reason,
            "NOTE_SIGNATURE_INVALID");
}

// The same name with another key, and the same key under another name, are other keys.
TEST(Note, AKeyIsItsNameAndItsId) {
  const std::vector<NoteSigner> others = {signer(kName, kSeed2), signer("other.example")};
  EXPECT_EQ(open_note(sign_note("text\n", others).value(), known()).error().reason, "NOTE_UNSIGNED");
}

TEST(Note, OneWrongSignatureOfAKnownKeyRejectsTheNote) {
  const std::string wrong = signature_line("other text\n");
  const std::string right = signature_line("text\n");
  EXPECT_EQ(open_note("text\n\n" + wrong, known()).error().reason, "NOTE_SIGNATURE_INVALID");
  EXPECT_EQ(open_note("text\n\n" + right + wrong, known()).error().reason, "NOTE_SIGNATURE_INVALID");
  EXPECT_EQ(open_note("text\n\n" + wrong + right, known()).error().reason, "NOTE_SIGNATURE_INVALID");
  EXPECT_TRUE(open_note("text\n\n" + right + right, known()));
}

TEST(Note, TheLastEmptyLineSplits) {
  const std::string text = "first\n\nsecond\n";
  const NoteSigner log = signer(kName);
  EXPECT_EQ(open_note(sign_note(text, std::span(&log, 1)).value(), known()).value(), text);
}

TEST(Note, RefusesMalformedNotes) {
  const std::string line = signature_line("text\n");
  const std::string value = line.substr(line.rfind(' ') + 1);
  for (const std::string& bad :
       {std::string(), std::string("\n"), std::string("\n\n"), std::string("text\n\n"), "text\n" + line, line,
        "text\n\n- " + kName + " " + value, "text\n\n\u2014 " + kName + "\n",
        "text\n\n\u2014 " + kName + " \n", "text\n\n\u2014  " + value, "text\n\n\u2014 a+b " + value,
        "text\n\n\u2014 " + kName + " AAAA\n", "text\n\n\u2014 " + kName + " AAAAAA==\n",
        "text\n\n\u2014 " + std::string(kMaxKeyName + 1, 'n') + " " + value, "te\txt\n\n" + line,
        "text\xff\n\n" + line, std::string("te\0xt\n\n", 7) + line}) {
    const auto note = parse_note(bad);
    ASSERT_FALSE(note) << bad;
    EXPECT_EQ(note.error().reason, "NOTE_MALFORMED");
  }
}

TEST(Note, Bounds) {
  const std::string line = signature_line("text\n");
  std::string note = "text\n\n";
  for (std::size_t i = 0; i < kMaxNoteSignatures; ++i) note += line;
  EXPECT_TRUE(open_note(note, known()));
  EXPECT_FALSE(open_note(note + line, known()));
  const NoteSigner log = signer(kName);
  EXPECT_FALSE(sign_note(std::string(kMaxNoteSize, 't') + "\n", std::span(&log, 1)));
  EXPECT_FALSE(parse_note(std::string(kMaxNoteSize, 't') + "\n\n" + line));
}

TEST(Note, RefusesToSignWhatCouldNotBeRead) {
  const NoteSigner log = signer(kName);
  for (const char* bad : {"", "no line break", "tab\t\n", "\xff\n"}) {
    EXPECT_FALSE(sign_note(bad, std::span(&log, 1))) << bad;
  }
  EXPECT_FALSE(sign_note("text\n", {}));
}

TEST(VerifierKey, RefusesMalformedKeys) {
  const std::string good = signer(kName).verifier().vkey();
  EXPECT_EQ(VerifierKey::parse(good).value(), signer(kName).verifier());
  const std::size_t id = kName.size() + 1;
  std::string other_id = good;
  other_id[id] = other_id[id] == '0' ? '1' : '0';
  const std::string key = good.substr(good.rfind('+') + 1);
  for (const std::string& bad :
       {std::string(), kName, good.substr(0, id), good.substr(0, id + 8), other_id, good + "\n", " " + good,
        good + "A", good.substr(0, good.size() - 4), "other" + good, good.substr(0, id) + "4714010+" + key,
        good.substr(0, id) + "x714010c+" + key, "a b+4714010c+" + key, kName + "+4714010c+",
        kName + "+4714010c+BA==", kName + "+4714010c+" + to_base64("\x04" + Bytes(32, 'k'))}) {
    EXPECT_FALSE(VerifierKey::parse(bad)) << bad;
  }
}

TEST(NoteSigner, RefusesBadNames) {
  for (const std::string& bad :
       {std::string(), std::string("a b"), std::string("a+b"), std::string(256, 'n')}) {
    EXPECT_FALSE(NoteSigner::make(bad, trust::Ed25519PrivateKey::generate().value())) << bad;
  }
}

}  // namespace
}  // namespace tram::log
