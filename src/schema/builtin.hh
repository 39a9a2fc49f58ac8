// The types of the built-in kinds of Kubernetes 1.36, from data/schema/types.json (tools/gen_schema.py).
#pragma once

#include <string_view>

#include "schema/type.hh"

namespace taut::schema {

// The type of a built-in kind, or nullptr. The table is read on the first call (about 3 ms); afterwards a
// look-up is one hash, from any thread.
const Type* builtin_type(std::string_view group, std::string_view version, std::string_view kind);

// A definition by its short name, "api.core.v1.PodSpec" or "apimachinery.pkg.apis.meta.v1.ObjectMeta"; nullptr
// when there is none.
const Type* builtin_definition(std::string_view name);

// metav1.ObjectMeta, which every object carries.
const Type& object_meta_type();

}  // namespace taut::schema
