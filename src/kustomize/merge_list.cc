#include "kustomize/merge_list.hh"

#include <algorithm>

#include "yaml/spelling.hh"
#include "yaml/writer.hh"

namespace taut::kustomize {
namespace {

std::string_view node_kind(const Value& value) {
  return value.is_map() ? "MappingNode" : value.is_list() ? "SequenceNode" : "ScalarNode";
}

// kyaml's FieldMatcher with a text to match; an empty one matches any value of the field, and with an empty name an
// empty item.
Result<bool> matches(const Value& item, const std::string& key, const std::string& value) {
  if (item.is_null()) return false;
  if (key.empty()) {
    if (item.is_map() || item.is_list()) return wrong_kind("ScalarNode", item);
    return yaml::scalar_text(item) == value;
  }
  if (!item.is_map()) return wrong_kind("MappingNode", item);
  const Value* field = item.find(key);
  if (field == nullptr) return false;
  return value.empty() || yaml::scalar_text(*field) == value;
}

// All keys match; keys beyond the values count as the one before.
Result<bool> matches_all(const Value& item, const std::vector<std::string>& keys, const KeyValues& values) {
  bool matched = false;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i < values.size()) {
      TAUT_ASSIGN(matched, matches(item, keys[i], values[i]));
    }
    if (!matched) return false;
  }
  return matched;
}

// Whether two tuples have a value in common and differ only where one of them has none; `out` has both then.
bool unite(const KeyValues& a, const KeyValues& b, KeyValues& out) {
  if (a.size() != b.size()) return false;
  bool common = false;
  out.clear();
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) common = true;
    else if (!a[i].empty() && !b[i].empty()) return false;
    out.push_back(a[i].empty() ? b[i] : a[i]);
  }
  return common;
}

}  // namespace

bool is_void(const Value& value) { return value.is_null() || (value.is_map() && value.empty()); }

Failure wrong_kind(std::string_view expected, const Value& value) {
  Value content = value;
  (void)yaml::settle(content);
  return fail(Code::kInvalid, "wrong node kind: expected {} but got {}: node contents:\n{}", expected, node_kind(value),
              to_yaml(content));
}

std::string key_text(const Value* value) {
  if (value == nullptr || value->is_null()) return {};
  return yaml::scalar_text(*value);
}

KeyValues key_values(const Value& item, const std::vector<std::string>& keys) {
  KeyValues out;
  for (const std::string& key : keys) out.push_back(key_text(item.find(key)));
  return out;
}

void drop_unused_keys(const std::vector<KeyValues>& all, std::vector<std::string>& keys, KeyValues& values) {
  std::vector<bool> used(keys.size());
  for (const KeyValues& tuple : all)
    for (size_t i = 0; i < tuple.size() && i < used.size(); ++i) used[i] = used[i] || !tuple[i].empty();
  if (std::none_of(used.begin(), used.end(), [](bool b) { return b; })) return;
  std::vector<std::string> used_keys;
  KeyValues used_values;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!used[i]) continue;
    used_keys.push_back(keys[i]);
    used_values.push_back(values[i]);
  }
  keys = std::move(used_keys);
  values = std::move(used_values);
}

void unify(std::vector<KeyValues>& all) {
  KeyValues united;
  for (KeyValues& a : all) {
    for (KeyValues& b : all) {
      if (&a == &b || !unite(a, b, united)) continue;
      a = united;
      b = united;
    }
  }
}

Value* find_item(Items& items, const std::vector<std::string>& keys, const KeyValues& values) {
  if (keys.empty() || keys[0].empty()) {
    for (Value& item : items)
      if (!item.is_map() && !item.is_list() && yaml::scalar_text(item) == values[0]) return &item;
    return nullptr;
  }
  for (Value& item : items) {
    if (!item.is_map()) continue;
    bool found = true;
    for (size_t i = 0; i < keys.size() && found; ++i) {
      const Value* field = item.find(keys[i]);
      found = field != nullptr && yaml::scalar_text(*field) == values[i];
    }
    if (found) return &item;
  }
  return nullptr;
}

Status set_item(Items& items, const std::vector<std::string>& keys, const KeyValues& values, const Value* element) {
  Items kept;
  bool found = false;
  bool wants_maps = !keys.empty() && !keys[0].empty() && !values.empty() && !values[0].empty();
  for (Value& item : items) {
    if (is_void(item)) continue;
    if (!item.is_map() && wants_maps) {
      kept.push_back(item);
      continue;
    }
    TAUT_ASSIGN(bool match, matches_all(item, keys, values));
    if (!match) {
      if (!values.empty()) kept.push_back(item);
      continue;
    }
    found = true;
    if (element != nullptr) kept.push_back(*element);
  }
  items = std::move(kept);
  if (!found && element != nullptr && !element->is_null()) items.push_back(*element);
  return {};
}

Status append_items(Items& items, const Items& from, const std::vector<std::string>& keys) {
  for (const Value& item : from) {
    if (keys.empty() || keys[0].empty()) {
      TAUT_TRY(set_item(items, {""}, {yaml::scalar_text(item)}, &item));
      continue;
    }
    KeyValues values;
    for (const std::string& key : keys) {
      if (!item.is_null() && !item.is_map()) return wrong_kind("MappingNode", item);
      const Value* field = item.find(key);
      if (field == nullptr) items.push_back(item);
      else values.push_back(yaml::scalar_text(*field));
    }
    if (keys.size() > 1) TAUT_TRY(set_item(items, keys, values, nullptr));
    TAUT_TRY(set_item(items, keys, values, &item));
  }
  return {};
}

}  // namespace taut::kustomize
