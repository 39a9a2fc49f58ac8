// Fields that are made anew at each render and stay as they are in the cluster.
#pragma once

#include <span>
#include <string>

#include "value/value.hh"

namespace taut::plan {

// The object with the live values at these JSON pointers; where the live object has none, its own stays. What a Secret
// is given as stringData is looked for in its data.
Value with_kept(Value desired, const Value& live, std::span<const std::string> pointers);

}  // namespace taut::plan
