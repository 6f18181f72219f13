// What a signature covers: the ASiCManifest (ETSI EN 319 162-1 clause A.4) of a message, derived from its
// header and attachments by one fixed template. It never travels: every node derives the same bytes.
//
// Template, version 1 (one for each version of the header; <LF> line ends, the last line has one too):
//
//   <?xml version="1.0" encoding="UTF-8"?>
//   <asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#"
//   xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
//     <asic:SigReference URI="META-INF/signature001.p7s" MimeType="application/pkcs7-signature"/>
//     object("header.json", "application/json", SHA-256 of the header's bytes)
//     object("content/" percent-encoded name, media type, SHA-256 of the bytes)    for each attachment, in
//     order
//   </asic:ASiCManifest>
//
// where object(URI, type, digest) is
//
//     <asic:DataObjectReference URI="URI" MimeType="type">
//       <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
//       <ds:DigestValue>base64(digest)</ds:DigestValue>
//     </asic:DataObjectReference>
//
// Indentation is two spaces a level. A name is percent-encoded byte by byte of its UTF-8 (RFC 3986, all but
// unreserved characters); in the type & < > " become references. A change of one byte here breaks every
// signature ever made: a new template is a new header version.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/sha256.h"
#include "model/message.h"

namespace tram::evidence {

/// The manifest's bytes. `attachments` must be well formed (model/message_rules.h): nothing is checked again.
/// Takes a few microseconds. Threads: any.
[[nodiscard]] Bytes derive_manifest(const Digest& header_digest, const std::vector<Attachment>& attachments);

}  // namespace tram::evidence
