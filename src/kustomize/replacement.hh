// Replacements: a value from one resource, or a given one, written to fields of others.
#pragma once

#include "base/result.hh"
#include "kustomize/resmap.hh"

namespace taut::kustomize {

struct ReplacementOptions {
  // kustomize 5.7: selectors are compared by equal text and no path goes on into a text.
  bool exact = false;
};

// Carries out a list of replacements ({source, sourceValue, targets}, with canonical field names) one after the other.
// Mirrors kustomize 5.8.1, api/filters/replacement: a scalar that is replaced keeps its type, only its text is
// new; a path that goes on into a text which holds JSON or YAML changes what is inside. YAML inside of a text is
// written back in place where one scalar changes, else anew with its keys sorted. The errors are upstream's, "nothing
// selected by ...", "unable to find field \"a.b\" in replacement target".
// Each replacement looks at every resource once.
Status apply_replacements(ResMap& resources, const Value& replacements, const ReplacementOptions& options = {});

}  // namespace taut::kustomize
