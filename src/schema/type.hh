// Types: what a merge, a patch and a decoder must know about a document.
//
// A Type says which of the three shapes (scalar, list, map) a value may have, and how a list or map merges. It
// mirrors the atoms of structured-merge-diff, plus the JSON facts that decoding and strategic merge patches need.
// Types are made once by a loader and then only read; they may refer to themselves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "value/value.hh"

namespace taut::schema {

enum class Scalar : uint8_t { kNone, kNumeric, kString, kBoolean, kUntyped };

// How the elements of a list or map belong together. A list without a relation is atomic, a map separable.
enum class Relation : uint8_t { kSeparable, kAtomic, kAssociative };

// The JSON type that a decoder insists on.
enum class Json : uint8_t { kAny, kString, kInteger, kNumber, kBoolean, kObject, kArray, kIntOrString, kQuantity };

struct Type;

// How a strategic merge patch treats a field (patchStrategy and patchMergeKey of the Go structs).
struct PatchRule {
  bool merge = false;
  bool replace = false;
  bool retain_keys = false;
  std::string merge_key;  // of a list of maps that merges; empty for a list of scalars
};

struct Field {
  std::string name;
  const Type* type = nullptr;
  Value fallback;  // the schema's default; null without one. Empty defaults are kept only for list keys
  bool has_default = false;
  bool required = false;
  bool always = false;  // Go writes the field even when it is empty: a struct in place, or no `omitempty`
  Value zero;           // what it writes then: {}, "", 0, false or null
  PatchRule patch;
};

struct Type {
  std::string name;  // of the definition; empty for a type written in place
  Json json = Json::kAny;
  std::string format;  // "int32", "byte", "date-time"

  Scalar scalar = Scalar::kNone;

  bool is_list = false;
  Relation list_relation = Relation::kAtomic;
  std::vector<std::string> keys;  // of an associative list of maps; empty means a set
  const Type* items = nullptr;

  bool is_map = false;
  Relation map_relation = Relation::kSeparable;
  std::vector<Field> fields;     // sorted by name
  const Type* values = nullptr;  // of keys that are no field; nullptr: such keys are refused

  bool preserve_unknown = false;

  // The field of that name, or nullptr.
  const Field* field(std::string_view wanted) const;
  // The type of what is under a key: the field's, else `values`; nullptr when the key is refused.
  const Type* child(std::string_view key) const;
};

// Adds to `object` what Go's encoding of the same struct writes although it is empty, at every depth: `status: {}`
// of a Deployment, `rules: null` of a Role. The stored form of built-in kinds has them. No effect on values whose
// shape is not that of the type. `object` null or a map.
void fill_zero_fields(Value& object, const Type& type);

// "__untyped_deduced_" of structured-merge-diff: any value; maps merge, lists are atomic. The type of objects
// of which nothing is known.
const Type& deduced_type();
// "__untyped_atomic_": any value, each a leaf.
const Type& untyped_type();

}  // namespace taut::schema
