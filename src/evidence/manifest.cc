#include "evidence/manifest.h"

#include "base/encoding.h"

namespace tram::evidence {
namespace {

constexpr std::string_view kOpening =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\""
    " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n"
    "  <asic:SigReference URI=\"META-INF/signature001.p7s\" MimeType=\"application/pkcs7-signature\"/>\n";
constexpr std::string_view kObject = "  <asic:DataObjectReference URI=\"";
constexpr std::string_view kType = "\" MimeType=\"";
constexpr std::string_view kDigest =
    "\">\n"
    "    <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\n"
    "    <ds:DigestValue>";
constexpr std::string_view kObjectEnd =
    "</ds:DigestValue>\n"
    "  </asic:DataObjectReference>\n";
constexpr std::string_view kClosing = "</asic:ASiCManifest>\n";

constexpr std::size_t kDigestText = 44;     // base64 of 32 bytes
constexpr std::size_t kTypicalNames = 160;  // a first guess of URI and type: most manifests allocate once

void append_escaped(Bytes& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
}

void append_object(Bytes& out, std::string_view folder, std::string_view segment, std::string_view type,
                   const Digest& digest) {
  out.append(kObject).append(folder).append(segment).append(kType);
  append_escaped(out, type);
  out.append(kDigest).append(to_base64(digest.bytes())).append(kObjectEnd);
}

}  // namespace

Bytes derive_manifest(const Digest& header_digest, const std::vector<Attachment>& attachments) {
  constexpr std::size_t kOneObject =
      kObject.size() + kType.size() + kDigest.size() + kDigestText + kObjectEnd.size() + kTypicalNames;
  Bytes out;
  out.reserve(kOpening.size() + kClosing.size() + kOneObject * (attachments.size() + 1));
  out += kOpening;
  append_object(out, {}, "header.json", "application/json", header_digest);
  for (const Attachment& file : attachments) {
    append_object(out, "content/", percent_encode(file.name), file.media_type, file.sha256);
  }
  out += kClosing;
  return out;
}

}  // namespace tram::evidence
