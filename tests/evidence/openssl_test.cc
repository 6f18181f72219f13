// A container checked with nothing but standard tools.
#include <sstream>

#include "base/encoding.h"
#include "tests/evidence/fixtures.h"

namespace tram::evidence::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class StandardTools : public testing::Test {
 protected:
  void SetUp() override {
    write_file(folder_ / "it.asice", sample_.write());
    const Ran ran = run("cd " + folder_.path() + " && unzip -q it.asice");
    ASSERT_TRUE(ran.ok) << ran.output;
  }
  const Folder folder_;
  const Sample sample_;
};

TEST_F(StandardTools, UnzipTestsItAndSeesMimetypeFirstAndStored) {
  EXPECT_TRUE(run("unzip -t " + (folder_ / "it.asice")).ok);
  const Ran listed = run("unzip -Z -s " + (folder_ / "it.asice"));
  ASSERT_TRUE(listed.ok) << listed.output;
  std::istringstream lines(listed.output);
  std::string first;
  for (int i = 0; i < 3; ++i) std::getline(lines, first);  // after two lines about the archive
  EXPECT_THAT(first, testing::EndsWith("stor 80-Jan-01 00:00 mimetype")) << listed.output;
  EXPECT_THAT(first, StartsWith("-rw-r--r--"));
  const Ran plain = run("unzip -l " + (folder_ / "it.asice"));
  EXPECT_THAT(plain.output, HasSubstr("content/Quyết định số 125.pdf"));
}

TEST_F(StandardTools, OpensslVerifiesTheSignature) {
  const std::string meta = folder_ / "META-INF/";
  const std::string command = "openssl cms -verify -binary -cades -purpose any -inform DER -in " + meta +
                              "signature001.p7s -content " + meta + "ASiCManifest001.xml -CAfile " +
                              pki("roots.pem") + " -out /dev/null";
  const Ran ran = run(command);
  EXPECT_TRUE(ran.ok) << ran.output;
  write_file(meta + "ASiCManifest001.xml", read_file(meta + "ASiCManifest001.xml") + " ");
  EXPECT_FALSE(run(command).ok);
}

TEST_F(StandardTools, Sha256sumOfEachMemberStandsInTheManifest) {
  const std::string manifest = read_file(folder_ / "META-INF/ASiCManifest001.xml");
  for (const std::string member : {"header.json", "content/Quyết định số 125.pdf", "content/trống.txt"}) {
    const Ran ran = run("cd " + folder_.path() + " && sha256sum '" + member + "'");
    ASSERT_TRUE(ran.ok) << ran.output;
    const Bytes digest = from_hex(ran.output.substr(0, 64)).value();
    EXPECT_THAT(manifest, HasSubstr("<ds:DigestValue>" + to_base64(digest) + "</ds:DigestValue>")) << member;
  }
}

TEST_F(StandardTools, TheManifestIsWellFormedXml) {
  EXPECT_TRUE(run("xmllint --noout --nonet " + (folder_ / "META-INF/ASiCManifest001.xml")).ok);
}

TEST_F(StandardTools, PythonReadsItWhole) {
  const Ran ran = run("python3 -c \"import zipfile; print(zipfile.ZipFile('" + (folder_ / "it.asice") +
                      "').testzip())\"");
  EXPECT_EQ(ran.output, "None\n");
}

// A records system that writes the archive anew changes dates and permissions, and may compress: nothing
// signed changes.
TEST_F(StandardTools, ACopyRepackedByPythonVerifies) {
  write_file(folder_ / "repack.py",
             "import sys, zipfile\n"
             "with zipfile.ZipFile('it.asice') as old, zipfile.ZipFile('new.asice', 'w') as new:\n"
             "    for n in old.namelist():\n"
             "        kind = zipfile.ZIP_STORED if n == 'mimetype' else zipfile.ZIP_DEFLATED\n"
             "        new.writestr(n, old.read(n), kind)\n");
  const Ran ran = run("cd " + folder_.path() + " && python3 repack.py");
  ASSERT_TRUE(ran.ok) << ran.output;
  const ContainerReport report = verify_container(folder_ / "new.asice", sample_.trust);
  EXPECT_THAT(causes(report), testing::IsEmpty());
  EXPECT_EQ(report.document, CheckState::good);
}

}  // namespace
}  // namespace tram::evidence::test
