// Nulls for which nothing was written, as in "key:". They equal any other null; kustomize's merges tell them apart.
#pragma once

#include "value/value.hh"

namespace taut {

Value blank_null();
// Copies of a blank null are blank.
bool is_blank_null(const Value& value);

}  // namespace taut
