// Object metadata: what the server sets, keeps and refuses, for every kind alike
// (apiserver pkg/registry/rest/{create,update,meta}.go, apimachinery pkg/api/validation/objectmeta.go).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.hh"
#include "sandbox/api_error.hh"
#include "sandbox/registry.hh"

namespace taut::sandbox {

// Brings metadata into the form that Go's ObjectMeta gives it: unknown fields dropped (their paths appended to
// `unknown`), empty maps and nulls gone. For kinds without a struct. Error text as encoding/json.
Result<void> settle_metadata(Value& object, std::vector<std::string>* unknown);

// What create fills in: namespace, generated name, uid, creationTimestamp; and what clients may not set goes.
// 400 when the namespace of the object is another one.
ApiResult<void> prepare_metadata_for_create(const Resource& resource, std::string_view ns, Value& object, Time now);

// What an update may not change is taken over from `old`; uid and resourceVersion are checked by the caller.
void carry_metadata(Value& fresh, const Value& old);

std::vector<kinds::Problem> validate_metadata(const Resource& resource, const Value& object);
// What must not change between two states.
std::vector<kinds::Problem> validate_metadata_update(const Value& fresh, const Value& old);

// Five letters and digits, as the server puts behind a generateName.
std::string random_suffix();

// A version 4 UUID.
std::string new_uid();

}  // namespace taut::sandbox
