// Values on their way through Go's JSON.
#pragma once

#include "value/value.hh"

namespace taut::kustomize {

// The value as json.Unmarshal into an interface{} gives it back: numbers are float64, so integers beyond 2^53 are
// rounded; every null is written out. Nothing in it may be spelled. Shares what does not change.
void through_json(Value& value);

}  // namespace taut::kustomize
