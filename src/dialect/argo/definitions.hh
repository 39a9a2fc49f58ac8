// The CustomResourceDefinitions of Application, AppProject and ApplicationSet (data/crds).
#pragma once

#include <vector>

#include "value/value.hh"

namespace taut::argo {

const std::vector<Value>& definitions();

}  // namespace taut::argo
