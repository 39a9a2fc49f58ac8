// What may be wrong with a CustomResourceDefinition (apiextensions-apiserver pkg/apis/apiextensions/validation and
// pkg/apiserver/schema), as far as it does not need CEL.
#pragma once

#include <vector>

#include "sandbox/kinds/strategy.hh"
#include "value/value.hh"

namespace taut::sandbox {

// `old` is null on create.
std::vector<kinds::Problem> check_definition(const Value& crd, const Value* old);

}  // namespace taut::sandbox
