// What must hold whenever all is quiet again, whatever happened before.
#pragma once

#include <vector>

#include "tests/support/three_nodes.h"

namespace tram::sim {

/// Every document went to G09.02 and H52.05: each took it once, 01, 03 and 06 of both came back once, H52 has
/// all receipts and they hold, nothing is dead, nothing was refused, every log proves itself.
void expect_all_held(ThreeNodes& world, const std::vector<MessageKey>& documents);

}  // namespace tram::sim
