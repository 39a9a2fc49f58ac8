// Flux's CustomResourceDefinitions, for clusters that have none.
#pragma once

#include <vector>

#include "value/value.hh"

namespace taut::flux {

const std::vector<Value>& definitions();

}  // namespace taut::flux
