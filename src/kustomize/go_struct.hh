// Reading a Value as Go's encoding/json reads JSON into a struct: by tables of fields, with Go's rules and words.
//
// Field names match in any case, the last of equal ones wins; null leaves a field as it is; the first offence in the
// order of the keys is the error: `json: unknown field "x"`, "json: cannot unmarshal number into Go struct field
// Image.images.newTag of type string". What comes out has the fields' proper names and right types, and nothing else.
#pragma once

#include <span>
#include <string_view>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::kustomize {

struct GoStruct;

struct GoType {
  enum class Is : uint8_t { kString, kBool, kInt, kAny, kStruct, kList, kMap };
  Is is;
  std::string_view name;            // "string", "[]types.Patch", "map[string]string"
  const GoType* item = nullptr;     // of a list or map
  const GoStruct* fields = nullptr;
};

struct GoField {
  std::string_view name;
  const GoType* type;
  std::string_view embedded{};  // the path of embedded structs that it is in: "GeneratorArgs."
};

struct GoStruct {
  std::string_view name;
  std::span<const GoField> fields;
};

struct GoDecode {
  bool strict = true;   // unknown fields are errors
  bool coerce = false;  // numbers and booleans become text in string fields, as sigs.k8s.io/yaml.Unmarshal has it
};

Result<Value> go_decode(const Value& json, const GoType& type, const GoDecode& options = {});

}  // namespace taut::kustomize
