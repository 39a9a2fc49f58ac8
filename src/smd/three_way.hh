// Three-way strategic merge: what kubectl's client-side apply would make of a live object.
//
// Mirrors strategicpatch.CreateThreeWayMergePatch and CreateTwoWayMergePatch of apimachinery 1.36, which
// three_way_patch is, and with the patch applied.
#pragma once

#include "schema/type.hh"
#include "smd/smd.hh"

namespace taut::smd {

// The patch that makes `after` of `before`, with the directives of strategic merge patches. Refuses with 500 for
// fields that the type does not know on the way to a change, and for items without their merge key.
Outcome<Value> strategic_patch(const Value& before, const Value& after, const schema::Type& type);

// The patch that a client-side apply sends: what `config` has otherwise than `live`, and what it has no more of
// `original`, the last applied configuration. An empty map when there is nothing to do. Refuses as strategic_patch.
Outcome<Value> three_way_patch(const Value& original, const Value& config, const Value& live, const schema::Type& type);

// `live` with everything that `config` says and without what `original`, the last applied configuration, said and
// `config` no longer does.
Outcome<Value> three_way_merge(const Value& original, const Value& config, const Value& live, const schema::Type& type);

}  // namespace taut::smd
