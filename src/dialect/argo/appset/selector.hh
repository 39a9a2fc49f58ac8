// A generator's selector over its parameters. Internal to the room.
#pragma once

#include "base/result.hh"
#include "value/value.hh"

namespace taut::argo::appset {

// kInvalid in Argo CD's words for a selector that can select nothing sensibly: an operator that is not known, In without
// values, Exists with some. `what` is how the tool calls such a selector there ("pod", "label").
Status check_selector(const Value& selector, std::string_view what);
// The same for a selector of labels, whose values must be values of labels too.
Status check_label_selector(const Value& selector);

// A metav1.LabelSelector over flattened parameters. Unlike Kubernetes' own it takes any text as a value, such as the
// URL of a cluster. A null selector selects everything, and
// so does one that check_selector refuses as to what it refuses.
bool selects(const Value& selector, const Value& flat);

}  // namespace taut::argo::appset
