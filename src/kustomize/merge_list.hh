// The lists of a strategic merge: items that are found by key and set, as kyaml's ElementSetter and its helpers do.
#pragma once

#include <string>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::kustomize {

using Items = std::vector<Value>;
using KeyValues = std::vector<std::string>;

// Null or {}: what a list of maps cannot hold.
bool is_void(const Value& value);

// "wrong node kind: expected MappingNode but got ScalarNode: node contents:\n...".
Failure wrong_kind(std::string_view expected, const Value& value);

// The text that a scalar is compared by; "" for what is missing, null or empty.
std::string key_text(const Value* value);

// The values of the keys in an item, "" where there is none.
KeyValues key_values(const Value& item, const std::vector<std::string>& keys);

// The keys that any of `all` has a value for, and the matching part of `values`; everything when none has one.
void drop_unused_keys(const std::vector<KeyValues>& all, std::vector<std::string>& keys, KeyValues& values);

// Makes tuples that differ only in what one of them lacks the same.
void unify(std::vector<KeyValues>& all);

// The first item with those values, or nullptr. An empty key stands for the item itself.
Value* find_item(Items& items, const std::vector<std::string>& keys, const KeyValues& values);

// Replaces the items that match with `element`, or appends it; without an element removes them. Drops void items on
// the way, and with no values at all everything that does not match. kInvalid for items that are no maps.
Status set_item(Items& items, const std::vector<std::string>& keys, const KeyValues& values, const Value* element);

// Sets each item of `from` in `items` by its keys.
Status append_items(Items& items, const Items& from, const std::vector<std::string>& keys);

}  // namespace taut::kustomize
