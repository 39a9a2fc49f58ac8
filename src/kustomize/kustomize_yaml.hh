// YAML as kustomize reads it where it reads into structs: through sigs.k8s.io/yaml, with YAML 1.1 scalars.
#pragma once

#include <string_view>

#include "base/result.hh"
#include "kustomize/go_struct.hh"
#include "value/value.hh"

namespace taut::kustomize {

// yaml.YAMLToJSON: the first document; the last of equal keys wins.
Result<Value> yaml_to_json(std::string_view text);

// yaml.Unmarshal into a struct, or UnmarshalStrict. The errors are "error converting YAML to JSON: yaml: ..." and
// "error unmarshaling JSON: while decoding JSON: json: ...".
Result<Value> yaml_unmarshal(std::string_view text, const GoType& type, const GoDecode& options);

// The decoding part alone.
Result<Value> decode_json(const Value& json, const GoType& type, const GoDecode& options);

// The definitions of a file of `crds`: JSON or YAML, name to {Schema}.
Result<Value> read_crd_definitions(std::string_view text);

// yaml.Marshal of a configuration without its empty fields (omitempty), for messages.
std::string marshal_config(const Value& config);

}  // namespace taut::kustomize
