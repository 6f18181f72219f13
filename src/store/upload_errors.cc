#include "store/upload_errors.h"

namespace tram::store {

Error upload_too_long() {
  return invalid("chunk", "CONTENT_TOO_LONG", "more bytes came than the upload announced",
                 "announce the file's true size");
}

Error digest_mismatch() {
  return invalid("sha256", "DIGEST_MISMATCH", "the uploaded bytes do not have the announced SHA-256",
                 "compute the digest again and upload from the beginning");
}

Error upload_offset_wrong() {
  return failure(ErrorCode::failed_precondition, "UPLOAD_OFFSET", "the upload does not go on at this offset",
                 "ask for the upload's state and go on from there");
}

Error not_uploaded() {
  return failure(ErrorCode::not_found, "NOT_UPLOADED", "you have not fully uploaded this content",
                 "upload it first, then submit the message");
}

Error content_gone() {
  return failure(ErrorCode::data_loss, "CONTENT_GONE", "stored content is missing or shorter than it was",
                 "restore the content folder from a backup");
}

}  // namespace tram::store
