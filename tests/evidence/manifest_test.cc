#include "evidence/manifest.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace tram::evidence {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Attachment file(std::string name, std::string type, BytesView content) {
  return {std::move(name), std::move(type), content.size(), Sha256::of(content)};
}

struct Golden {
  const char* name;
  std::vector<Attachment> attachments;
};

// The header of every golden manifest is the bytes "{}": the template sees its digest alone.
std::vector<Golden> golden() {
  return {
      {"status", {}},  // a message without attachments
      {"one-pdf", {file("Quyet-dinh.pdf", "application/pdf", "%PDF-1.7\n")}},
      {"vietnamese-names",  // UTF-8, spaces and RFC 3986 reserved characters in names; order is the header's
       {file("Quyết định số 125.pdf", "application/pdf", "a"),
        file("Phụ lục #1 & 2.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
             ""),
        file("100%.txt", "text/plain; charset=utf-8", "c")}},
      {"escaped-type", {file("x", "text/x;a=\"<&>\"", "x")}},  // never accepted, still well-formed XML
  };
}

std::string path_of(const Golden& golden) {
  return std::string(TRAM_SOURCE_DIR) + "/tests/data/manifests/" + golden.name + ".xml";
}

TEST(Manifest, IsTheGoldenOneByteForByte) {
  for (const Golden& one : golden()) {
    EXPECT_EQ(derive_manifest(Sha256::of("{}"), one.attachments), read_file(path_of(one))) << one.name;
  }
}

TEST(Manifest, GoldenOnesAreWellFormedXml) {
  for (const Golden& one : golden()) {
    const std::string command = "xmllint --noout --nonet '" + path_of(one) + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
  }
}

TEST(Manifest, EveryInputChangesIt) {
  const std::vector<Attachment> one = {file("a", "text/plain", "a")};
  const Bytes manifest = derive_manifest(Sha256::of("{}"), one);
  auto name = one, type = one, digest = one, twice = one;
  name[0].name = "b";
  type[0].media_type = "text/html";
  digest[0].sha256 = Sha256::of("b");
  twice.push_back(one[0]);
  EXPECT_NE(manifest, derive_manifest(Sha256::of("{ }"), one));
  for (const auto& other : {name, type, digest, twice, {}}) {
    EXPECT_NE(manifest, derive_manifest(Sha256::of("{}"), other));
  }
}

}  // namespace
}  // namespace tram::evidence
