// Three-way strategic merge: what kubectl's client-side apply would make of a live object.
//
// Mirrors strategicpatch.CreateThreeWayMergePatch and CreateTwoWayMergePatch of apimachinery 1.36, with the patch
// applied.
#pragma once

#include "schema/type.hh"
#include "smd/smd.hh"

namespace taut::smd {

// The patch that makes `after` of `before`, with the directives of strategic merge patches. Refuses with 500 for
// fields that the type does not know on the way to a change, and for items without their merge key.
Outcome<Value> strategic_patch(const Value& before, const Value& after, const schema::Type& type);

// `live` with everything that `config` says and without what `original`, the last applied configuration, said and
// `config` no longer does.
Outcome<Value> three_way_merge(const Value& original, const Value& config, const Value& live, const schema::Type& type);

}  // namespace taut::smd
