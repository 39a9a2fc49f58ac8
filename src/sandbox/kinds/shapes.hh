// How Go's encoding/json sees the built-in types: which fields there are, which are pointers, which are written when
// empty. The API server stores what a decode and an encode leave of an object, so `hostNetwork: false` vanishes,
// `enableServiceLinks: false` stays and `resources: {}` appears; no schema document tells these apart.
//
// The table is data/kinds/go-shapes.txt (made by tools/go_shapes.py from k8s.io/api 1.36), parsed once on first use.
// All functions are thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "object/id.hh"
#include "value/value.hh"

namespace taut::sandbox::kinds {

struct Shape;

// The type of a field or of the items of a list or map.
struct ShapeType {
  // s string, b bool, i int32, l int64, f double, q Quantity, x IntOrString, t Time, m MicroTime, d Duration, y bytes,
  // r any JSON, S struct (`shape`), L list of `item`, M map of `item`.
  char kind = 'r';
  bool pointer = false;
  const Shape* shape = nullptr;
  const ShapeType* item = nullptr;
};

struct ShapeField {
  std::string_view name;
  ShapeType type;
  bool always = false;     // no omitempty: written even when empty
  bool omit_zero = false;  // omitzero: a struct or time that is left out when zero
};

struct Shape {
  std::string_view name;  // "core/v1.Container"
  std::vector<ShapeField> fields;  // sorted by name

  const ShapeField* field(std::string_view field_name) const;
};

// nullptr for kinds that are not built in (custom resources).
const Shape* shape_of(const Gvk& gvk);
const Shape* shape_named(std::string_view name);

// What decoding found besides the value.
struct DecodeNotes {
  std::vector<std::string> unknown;  // "spec.template.spec.containers[0].imagee", in the order of the document's keys
};

// The object as Go holds it after decoding and writes it again: unknown fields and nulls gone, zero values left out
// or put in, quantities, times and durations in canonical form. kInvalid in encoding/json's words ("json: cannot
// unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32") when a type does not fit.
Result<Value> decode(const Shape& shape, const Value& object, DecodeNotes* notes);

// As `decode` for a value that is known to fit: brings zero values to the encoder's form after an edit.
void settle(const Shape& shape, Value& object);

// Calls `visit(shape, value)` on the struct and every struct inside it, parents first. Cost: the size of the value;
// a sub-tree is copied only if `visit` changes it.
using Visit = void (*)(const Shape& shape, Value& value);
void walk_structs(const Shape& shape, Value& object, Visit visit);

}  // namespace taut::sandbox::kinds
