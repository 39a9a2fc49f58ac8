// The patch of a client-side update: three-way merges between what was released, what is to be and what is there.
#pragma once

#include "value/value.hh"

namespace taut::release {

// A JSON merge patch: what `modified` has otherwise than `current`, and nulls for what `original` had and `modified`
// has no more, or has a null for. An empty map when there is nothing to do. As apimachinery's jsonmergepatch, without
// the nulls for what `current` does not have.
Value three_way_merge_patch(const Value& original, const Value& modified, const Value& current);

// The managed fields of an object after its client-side updates by `manager` have become an apply, as client-go's
// csaupgrade does; the same list when there are none.
Value applied_managed_fields(const Value& managed_fields, std::string_view manager);

}  // namespace taut::release
