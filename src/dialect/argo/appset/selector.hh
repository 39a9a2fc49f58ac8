// A generator's selector over its parameters. Internal to the room.
#pragma once

#include "base/result.hh"
#include "value/value.hh"

namespace taut::argo::appset {

// A metav1.LabelSelector over flattened parameters. Unlike Kubernetes' own it takes any text as a value, such as the
// URL of a cluster. A null selector selects everything.
Result<bool> selects(const Value& selector, const Value& flat);

}  // namespace taut::argo::appset
