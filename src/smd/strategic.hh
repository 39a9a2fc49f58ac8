// Strategic merge patches: merge by the type's patch rules, with the directives $patch, $retainKeys,
// $deleteFromPrimitiveList and $setElementOrder.
//
// Mirrors apimachinery 1.36 (pkg/util/strategicpatch) as kube-apiserver uses it on built-in kinds; custom resources
// have no strategic patches.
#pragma once

#include "schema/type.hh"
#include "smd/smd.hh"

namespace taut::smd {

// `original` with the patch applied; not decoded, so unknown fields of the patch are still there. Refuses with the
// server's status: 400 for directives of a wrong form, 422 for lists of lists, 500 for what the server fails on in
// the middle of a merge (no merge key, an order that does not cover the patch, a directive that is not known).
Outcome<Value> strategic_merge(const Value& original, const Value& patch, const schema::Type& type);

}  // namespace taut::smd
