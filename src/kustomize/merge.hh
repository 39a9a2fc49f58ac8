// Strategic merge patches as kustomize applies them (kyaml 0.21.1, yaml/merge2 and yaml/walk).
//
// Not those of kube-apiserver (smd/strategic.hh): only `$patch` is a directive, $retainKeys and its like stay as plain
// fields; new items of a list come first; an item, or an object, whose patch says `$patch: replace` stays as it
// was; a list without a schema is replaced; nulls with nothing written ("key:") go. What upstream does with items that lack their key is done too.
#pragma once

#include "base/result.hh"
#include "kustomize/schema.hh"
#include "value/value.hh"

namespace taut::kustomize {

// `target` with the patch applied; null when the patch deletes it as a whole. Scalars may be spelled. The
// errors: "unknown patch strategy 'x'", "wrong node kind: expected MappingNode but got ScalarNode: ...".
// Linear, but quadratic in the length of a list whose items have no keys or equal ones.
Result<Value> strategic_merge(const Value& target, const Value& patch, SchemaAt at);

}  // namespace taut::kustomize
