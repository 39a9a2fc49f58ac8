// The kinds of generators, one function each. Internal to the room.
#pragma once

#include "dialect/argo/appset/generators.hh"

namespace taut::argo::appset {

// Each reads the block of its own kind.
Result<ParameterSets> list_parameters(const Value& list, const Value& application_set, World& world);
Result<ParameterSets> cluster_parameters(const Value& clusters, const Value& application_set, World& world);
Result<ParameterSets> git_parameters(const Value& git, const Value& application_set, World& world);
Result<ParameterSets> matrix_parameters(const Value& matrix, const Value& application_set, World& world);
Result<ParameterSets> merge_parameters(const Value& merge, const Value& application_set, World& world);

// A generator inside a matrix or merge, filled in with `parameters` first if there are any.
Result<ParameterSets> child_parameters(const Value& generator, const Value& application_set, const Value& parameters, World& world);

// "ApplicationSet is empty".
Failure empty_generator();
// "string", "number", "bool", "array", "object", "null": as Go's JSON errors name them.
std::string_view json_kind(const Value& value);

}  // namespace taut::argo::appset
