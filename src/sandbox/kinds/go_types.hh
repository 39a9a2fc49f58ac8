// The Go structs of the built-in kinds: what the real server decodes requests into and encodes answers from.
//
// They decide what JSON cannot tell by itself: which fields there are, which zero values are left out or written
// ("resources":{}), which fields are pointers, and which protobuf number a field has. The table is
// data/kube/go_types.txt, made by tools/kubetables from Kubernetes' modules; it is read once, on first use
// (about 1 ms), and is then safe from many threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "object/id.hh"

namespace taut::sandbox {

struct GoType;

// The type of a field. `shape` is one letter, as in the table:
//   s string  b bool  i int32  l int64  f float64  y []byte (base64)
//   Q Quantity  t Time  m MicroTime  d Duration  o IntOrString  r RawExtension  F FieldsV1  J any JSON
//   S a struct (`type`)  [ a slice and { a map from string (`element`)
struct GoExpression {
  char shape = 's';
  bool pointer = false;
  const GoType* type = nullptr;
  std::unique_ptr<GoExpression> element;
};

struct GoField {
  std::string name;     // "" for an embedded struct, whose fields stand in its parent's JSON
  uint32_t number = 0;  // protobuf; 0 for none
  bool omit_empty = false;
  bool omit_zero = false;
  GoExpression expression;
  std::string go_name;  // of the type, as errors print it, where the expression does not tell: "v1.Protocol"

  // omitempty has no effect on a struct: encoding/json knows no empty one. What is a pointer and not left out is null.
  bool always() const;
};

struct GoType {
  std::string name;  // "apps/v1.DeploymentSpec"
  std::string go_name;  // "v1.DeploymentSpec", as error messages print it
  std::vector<GoField> fields;  // in the order of the struct

  // The fields as JSON shows them, embedded ones flattened: by name for look-ups, and in order for encoding.
  std::vector<const GoField*> sorted;
  std::vector<const GoField*> ordered;
  // The Go names of the embedded structs that a flattened field comes through: "VolumeSource" for a volume's emptyDir.
  std::unordered_map<const GoField*, std::string> through;
  // The first eight bytes of each of the `sorted` names, as numbers in the same order.
  std::vector<uint64_t> heads;
  // Those of `sorted` whose values hold structs.
  std::vector<const GoField*> with_structs;
  size_t number = 0;  // counted from 0 over all types
  // Those of `sorted` that Go writes even when they were not given.
  std::vector<const GoField*> always;
  // The field of that JSON name, or nullptr.
  const GoField* field(std::string_view name) const;
};

// The struct of a built-in kind, or nullptr.
const GoType* go_type(const Gvk& gvk);
// By the table's name: "meta/v1.ObjectMeta", "meta/v1.DeleteOptions".
const GoType* go_type(std::string_view name);

}  // namespace taut::sandbox
