// Frames of the protocol, made by today's program, and as the program of a version wrote them.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

#include "exchange/peers.h"

namespace tram::transport::test {

struct Frame {
  std::string file;  ///< in tests/data/protocol-1
  std::shared_ptr<google::protobuf::Message> message;
};

/// What the frames say of messages, receipts and outcomes.
[[nodiscard]] exchange::PeerHello golden_hello(std::string_view node);
[[nodiscard]] std::vector<exchange::HopItem> golden_items();
[[nodiscard]] std::vector<exchange::HopOutcome> golden_outcomes();
[[nodiscard]] std::vector<Bytes> golden_certificates();

/// Every frame that travels between nodes, and between document systems and nodes, with every field set at
/// least once; made by today's encoders where there are some.
[[nodiscard]] std::vector<Frame> frames_of_today();

/// Protocol version 1 as it was recorded: frames and the definitions of their messages. Whoever speaks with
/// these definitions is a program of that time.
class RecordedProtocol {
 public:
  RecordedProtocol();

  /// The frame's bytes.
  [[nodiscard]] static std::string bytes(const std::string& file);
  [[nodiscard]] const google::protobuf::FileDescriptorSet& definitions() const { return definitions_; }
  /// Reads bytes as the program of that time: what it does not know is left out. Null if it cannot.
  [[nodiscard]] std::unique_ptr<google::protobuf::Message> read(const std::string& type,
                                                                const std::string& bytes);

 private:
  google::protobuf::FileDescriptorSet definitions_;
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_{&pool_};
};

/// Writes today's frames and definitions into the folder: for a new version of the protocol, see README
/// there.
void record_protocol(const std::string& folder);

}  // namespace tram::transport::test
