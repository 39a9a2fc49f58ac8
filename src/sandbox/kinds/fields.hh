// Small verbs on objects that the rules of the kinds are written in.
#pragma once

#include <string_view>
#include <utility>

#include "value/value.hh"

namespace taut::sandbox::kinds {

// Sets a field that is absent or null; what a Go rule does to a nil pointer.
inline void preset(Value& object, std::string_view key, Value value) {
  const Value* present = object.find(key);
  if (!present || present->is_null()) object.set(key, std::move(value));
}

// Sets a field that is absent, null or empty text; what a Go rule does to a zero string.
inline void preset_text(Value& object, std::string_view key, std::string_view text) {
  if (object[key].as_string().empty()) object.set(key, text);
}

// Sets a field that is absent or zero; what a Go rule does to a zero number.
inline void preset_number(Value& object, std::string_view key, int64_t number) {
  if (object[key].as_int() == 0) object.set(key, number);
}

// Changes each item of a list in place, sharing those that stay as they are.
template <class Change>
void each_item(Value& object, std::string_view key, Change change) {
  const Value* present = object.find(key);
  if (!present || !present->is_list()) return;
  Value list = *present;
  for (size_t i = 0; i < list.size(); ++i) {
    Value item = list[i];
    change(item);
    if (!item.same(list[i])) list.edit(i) = std::move(item);
  }
  if (!list.same(*present)) object.set(key, std::move(list));
}

// Changes the map under a key in place, if there is one.
template <class Change>
void inside(Value& object, std::string_view key, Change change) {
  const Value* present = object.find(key);
  if (!present || !present->is_map()) return;
  Value child = *present;
  change(child);
  if (!child.same(*present)) object.set(key, std::move(child));
}

}  // namespace taut::sandbox::kinds
