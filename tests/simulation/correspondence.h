// What agencies send in a simulation: documents of every kind, as a seed makes them.
#pragma once

#include <vector>

#include "tests/simulation/scene.h"

namespace tram::sim {

/// Threads: one.
class Correspondence {
 public:
  explicit Correspondence(Scene& scene) : scene_(scene), world_(scene.world) {}

  /// One document from one agency, to be sent now.
  void write_one();
  [[nodiscard]] std::size_t written() const { return written_.size(); }

 private:
  [[nodiscard]] Submission make(SimAgency& sender);
  void address(Submission& fields);
  void name_an_earlier_one(Submission& fields);
  [[nodiscard]] std::vector<File> attachments();
  [[nodiscard]] File attachment(std::size_t number, std::uint64_t size);
  void send(SimAgency& sender, Submission fields);
  void tell(const Submission& fields, std::string_view how);

  Scene& scene_;
  World& world_;
  std::vector<Submission> written_;
};

}  // namespace tram::sim
