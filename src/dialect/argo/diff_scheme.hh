// The kinds that Argo CD's client knows as Go types, and what they make of an object. Internal to the room.
#pragma once

#include "base/result.hh"
#include "schema/type.hh"
#include "value/value.hh"

namespace taut::argo {

// The type by which objects of this kind merge; nullptr for kinds that are not in client-go's scheme. Versions that are
// served no more are taken for what came of them.
const schema::Type* scheme_type(const Value& object);

// The object read and written by its Go type, without what was not in it before. The object itself where it has unknown
// fields, does not fit, or is of no known type.
Value remarshalled(const Value& object);

// The object with its defaults; fields that its type does not know stay. Itself where it cannot be read.
Value with_defaults(const Value& object);

// `live` without what is not in `pattern`, at every depth; items of lists one by one, those without a like as they are.
Value restricted(const Value& live, const Value& pattern);

}  // namespace taut::argo
