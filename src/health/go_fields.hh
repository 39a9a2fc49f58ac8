// Reads of fields that complain about wrong types in the words of Kubernetes' Go library (apimachinery
// unstructured.Nested* and the unstructured converter), which kstatus passes on.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut {

// The field at a path, nullptr where there is none. Fails where the path leads through something else than a map:
// ".status.phase accessor error: fine is of the type string, expected map[string]interface{}".
Result<const Value*> go_nested(const Value& object, std::initializer_list<std::string_view> path);
// The same, held to a type; "... is of the type string, expected int64".
Result<std::optional<int64_t>> go_nested_int(const Value& object, std::initializer_list<std::string_view> path);
Result<std::optional<std::string_view>> go_nested_string(const Value& object,
                                                         std::initializer_list<std::string_view> path);
// Nothing there gives an empty list.
Result<std::span<const Value>> go_nested_list(const Value& object, std::initializer_list<std::string_view> path);

struct GoCondition {
  std::string_view type;
  std::string_view status;
  std::string_view reason;
  std::string_view message;
};

// status.conditions as a Go struct is filled from them; "cannot restore slice from map" and the like. The views
// belong to the object.
Result<std::vector<GoCondition>> go_conditions(const Value& object);

}  // namespace taut
