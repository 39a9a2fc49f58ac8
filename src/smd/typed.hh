// Operations on a value of a known type: check, merge, compare, remove, list its fields.
//
// Mirrors structured-merge-diff v6.3 (package typed). In all of them a null pointer is an absent value, which is
// not the same as a null one. All are linear in the size of the values, but for look-ups in associative lists,
// which are n log n.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hh"
#include "schema/type.hh"
#include "smd/set.hh"
#include "value/value.hh"

namespace taut::smd {

struct Problem {
  std::string path;  // ".spec.replicas"; empty for the root
  std::string message;
};
using Problems = std::vector<Problem>;

// One problem as "path: message"; several as "errors:" and a line each.
std::string to_string(const Problems& problems);

// Whether the value is of the type, in the words of the API server. Live objects may hold an item of an
// associative list twice, what is applied may not.
Problems validate(const Value& value, const schema::Type& type, bool allow_duplicates);

// `right` merged over `left`; at least one is there. Items that `right` names come in its order, others keep their
// place relative to their neighbors.
struct Merged {
  std::optional<Value> value;
  Problems problems;
};
Merged merge(const Value* left, const Value* right, const schema::Type& type);

// The fields by which two values differ. No field is in more than one set.
struct Comparison {
  Set removed;
  Set modified;
  Set added;
  Problems problems;

  bool same() const { return removed.empty() && modified.empty() && added.empty(); }
};
Comparison compare(const Value& left, const Value& right, const schema::Type& type);

// The value without the fields and items of the set.
Value remove_items(const Value& value, const Set& items, const schema::Type& type);

// Every leaf field, list item and map entry of the value. The value has passed `validate`.
Set field_set(const Value& value, const schema::Type& type);

// The set as it would be under today's type, where a list or map has become atomic since it was written; nothing
// when it is the same.
std::optional<Set> reconcile(const Set& set, const schema::Type& type);

// The path element of an item of an associative list, or an error in the server's words.
Result<PathElement> item_element(const schema::Type& list, const Value& item);

// The shape that a value of a type is handled as.
enum class Shape : uint8_t { kScalar, kList, kMap, kNone };
// `value` absent, null, or of a shape that the type does not have: the type's own, a map before a scalar before
// a list.
Shape shape_of(const schema::Type& type, const Value* value);

}  // namespace taut::smd
