// Decoding into the Go structs of the built-in kinds and back, in one step: what the API server stores is what a decode
// and an encode leave of an object, so `hostNetwork: false` vanishes, `enableServiceLinks: false` stays and
// `resources: {}` appears. All functions are thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/result.hh"
#include "sandbox/kinds/go_types.hh"
#include "value/value.hh"

namespace taut::sandbox::kinds {

using Shape = GoType;

// nullptr for kinds that are not built in (custom resources).
inline const Shape* shape_of(const Gvk& gvk) { return go_type(gvk); }

// What decoding found besides the value.
struct DecodeNotes {
  std::vector<std::string> unknown;  // "spec.template.spec.containers[0].imagee", in the order of the document's keys
};

// The object as Go holds it after decoding and writes it again: unknown fields and nulls gone, zero values left out
// or put in, quantities, times and durations in canonical form. kInvalid in encoding/json's words ("json: cannot
// unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32") when a type does not fit.
Result<Value> decode(const Shape& shape, const Value& object, DecodeNotes* notes);

// A value that does not fit: where, why, and whether decoding ends there (encoding/json goes on after a wrong type, and
// reports the first; what a type's own decoder refuses ends it).
struct DecodeFault {
  std::string path;  // "spec.template.spec.containers[0].image"
  std::string message;
  bool final = false;
};

// All faults, in the order of sorted keys.
std::vector<DecodeFault> decode_faults(const Shape& shape, const Value& object);

// As `decode` for a value that is known to fit: brings zero values to the encoder's form after an edit.
void settle(const Shape& shape, Value& object);
// The same, as it comes back from the store: an empty list whose field is always written is null there.
void settle_stored(const Shape& shape, Value& object);

// Calls `visit(shape, value)` on the struct and every struct inside it, parents first. Cost: the size of the value;
// a sub-tree is copied only if `visit` changes it.
using Visit = void (*)(const Shape& shape, Value& value);
void walk_structs(const Shape& shape, Value& object, Visit visit);

}  // namespace taut::sandbox::kinds
