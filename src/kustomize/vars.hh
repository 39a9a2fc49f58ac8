// vars: $(NAME) in texts, replaced by a field of a resource. Deprecated since kustomize 5, and still in use.
#pragma once

#include <span>

#include "base/result.hh"
#include "kustomize/fieldspec.hh"
#include "kustomize/resmap.hh"

namespace taut::kustomize {

// Replaces $(NAME) in the texts at the specs' fields; "$$" is "$", and what is no var stays. A text that is nothing but
// a var becomes what the field is. A var is {name, objref {group, version, kind}, fieldref {fieldPath}}; it speaks of
// the resource that has it among its `var_names`. The errors: "var '...' cannot be mapped to a field in the set of
// known resources", "field specified in var '...' not found in corresponding resource". Mirrors kustomize 5.8.1,
// api/filters/refvar. Returns the names of the vars that stand nowhere.
Result<std::vector<std::string>> resolve_vars(ResMap& resources, std::span<const Value> vars, const FieldSpecs& specs);

}  // namespace taut::kustomize
