// Objects as the server's internal structs print: validation errors show them as encoding/json writes a struct without
// tags, so by Go's field names, in the order of the struct, with nulls for what is not there. The table is
// data/kube/go_internal_types.txt, made by tools/kubetables; it is read once, on first use. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "value/value.hh"

namespace taut::sandbox::kinds {

// `value` is of the served type "apps/v1.DeploymentStrategy". Types that have no internal struct of their own
// (metav1.LabelSelector) print with their JSON names. `indent` "" writes one line.
std::string internal_json(std::string_view type, const Value& value, std::string_view indent = {});

// The changes between two such texts as apimachinery's diff.Diff prints them: a unified diff with three lines of
// context, without file names.
std::string internal_diff(std::string_view type, const Value& before, const Value& after);

}  // namespace taut::sandbox::kinds
