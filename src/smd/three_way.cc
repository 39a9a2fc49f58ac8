#include "smd/three_way.hh"

#include <algorithm>
#include <functional>

#include "base/strings.hh"
#include "smd/strategic.hh"
#include "value/go_text.hh"
#include "value/json.hh"

namespace taut::smd {
namespace {

using schema::Type;

tl::unexpected<Refusal> refuse(std::string message) { return tl::unexpected(Refusal{500, "", std::move(message), {}}); }

// Which half of a difference is wanted.
struct Wanted {
  bool changes = true;    // and additions
  bool deletions = true;
};

std::string key_text(const Value& value) { return value.is_string() ? value.str() : to_json(value); }

// Items sorted by their text, as the library does before it walks two lists together.
std::vector<const Value*> sorted(const Value& list, std::string_view merge_key) {
  std::vector<const Value*> out;
  for (const Value& item : list.items()) out.push_back(&item);
  auto text = [&](const Value* item) { return key_text(merge_key.empty() ? *item : (*item)[merge_key]); };
  std::ranges::stable_sort(out, {}, text);
  if (merge_key.empty()) out.erase(std::unique(out.begin(), out.end(), [](auto* a, auto* b) { return *a == *b; }), out.end());
  return out;
}

Outcome<void> check_keys(const Value& list, const std::string& merge_key) {
  for (const Value& item : list.items()) {
    if (!item.is_map()) return refuse("expected a map[string]interface {}, but received a " + std::string(go_type(item)));
    if (!item.contains(merge_key)) return refuse("map: " + go_text(item) + " does not contain declared merge key: " + merge_key);
  }
  return {};
}

bool same_order(const Value& a, const Value& b, std::string_view merge_key) {
  auto key = [&](const Value& item) -> const Value& { return merge_key.empty() ? item : item[merge_key]; };
  return std::ranges::equal(a.items(), b.items(), [&](const Value& x, const Value& y) { return key(x) == key(y); });
}

// Items of a patch in the order that they have in the list they come from.
Value in_order_of(const Value& items, const Value& list, std::string_view merge_key) {
  auto key = [&](const Value& item) -> const Value& { return merge_key.empty() ? item : item[merge_key]; };
  auto place = [&](const Value& item) {
    return std::ranges::find_if(list.items(), [&](const Value& other) { return key(other) == key(item); }) - list.items().begin();
  };
  std::vector<Value> out(items.items().begin(), items.items().end());
  std::ranges::stable_sort(out, {}, place);
  Value result = Value::list();
  for (Value& item : out) result.push_back(std::move(item));
  return result;
}

struct ListDifference {
  Value patch = Value::list();
  Value deletions = Value::list();  // of scalars
  Value order = Value::list();
};

Outcome<Value> map_difference(const Value& before, const Value& after, const Type& type, Wanted wanted, bool retain_keys);

Outcome<ListDifference> scalar_difference(const Value& before, const Value& after, Wanted wanted) {
  ListDifference out;
  auto old_items = sorted(before, ""), new_items = sorted(after, "");
  auto holds = [](const std::vector<const Value*>& items, const Value& item) {
    return std::ranges::any_of(items, [&](const Value* other) { return *other == item; });
  };
  for (const Value* item : new_items)
    if (wanted.changes && !holds(old_items, *item)) out.patch.push_back(*item);
  for (const Value* item : old_items)
    if (wanted.deletions && !holds(new_items, *item)) out.deletions.push_back(*item);
  out.patch = in_order_of(out.patch, after, "");
  bool ordered = (wanted.deletions && !out.deletions.empty()) || (wanted.changes && !same_order(before, after, ""));
  if (ordered) out.order = after;
  return out;
}

Outcome<ListDifference> keyed_difference(const Value& before, const Value& after, const Type& item_type,
                                         const std::string& merge_key, Wanted wanted) {
  for (const Value* list : {&before, &after})
    if (auto sound = check_keys(*list, merge_key); !sound) return tl::unexpected(sound.error());
  ListDifference out;
  Value deleted = Value::list();
  auto old_items = sorted(before, merge_key), new_items = sorted(after, merge_key);
  for (size_t i = 0, j = 0; i < old_items.size() || j < new_items.size();) {
    std::string old_key = i < old_items.size() ? key_text((*old_items[i])[merge_key]) : "";
    std::string new_key = j < new_items.size() ? key_text((*new_items[j])[merge_key]) : "";
    if (i < old_items.size() && j < new_items.size() && old_key == new_key) {
      auto changed = map_difference(*old_items[i], *new_items[j], item_type, wanted, false);
      if (!changed) return tl::unexpected(changed.error());
      if (!changed->empty()) {
        changed->set(merge_key, (*new_items[j])[merge_key]);
        out.patch.push_back(std::move(*changed));
      }
      ++i, ++j;
    } else if (i == old_items.size() || (j < new_items.size() && new_key < old_key)) {
      if (wanted.changes) out.patch.push_back(*new_items[j]);
      ++j;
    } else {
      if (wanted.deletions) deleted.push_back(Value::map({{merge_key, (*old_items[i])[merge_key]}, {"$patch", "delete"}}));
      ++i;
    }
  }
  out.patch = in_order_of(out.patch, after, merge_key);
  for (const Value& item : deleted.items()) out.patch.push_back(item);
  bool same = same_order(before, after, merge_key);
  bool ordered = (wanted.changes && (!out.patch.empty() || !same)) || (wanted.deletions && !out.patch.empty());
  for (const Value& item : after.items())
    if (ordered) out.order.push_back(Value::map({{merge_key, item[merge_key]}}));
  return out;
}

Outcome<ListDifference> list_difference(const Value& before, const Value& after, const schema::Field& field, Wanted wanted) {
  if (before.empty()) {
    ListDifference out;
    if (wanted.changes) out.patch = after;
    return out;
  }
  if (!before[0].is_map()) return scalar_difference(before, after, wanted);
  if (!field.type->items) return refuse("cannot merge lists without merge key for struct");
  return keyed_difference(before, after, *field.type->items, field.patch.merge_key, wanted);
}

// The difference of one field that both have, as containers of the same shape.
Outcome<void> add_field(Value& patch, const std::string& key, const Value& before, const Value& after, const Type& type,
                        Wanted wanted) {
  if (type.fields.empty()) return refuse("merging an object in json but data type is not struct, instead is: map");
  const schema::Field* field = type.field(key);
  if (!field) return refuse(fmt::format("unable to find api field in struct for the json field {}", quote(key)));
  bool whole = before.is_map() ? field->patch.replace : !field->patch.merge;
  if (whole) {
    if (wanted.changes && !(before == after)) patch.set(key, after);
    return {};
  }
  if (before.is_map()) {
    auto inner = map_difference(before, after, *field->type, wanted, field->patch.retain_keys);
    if (!inner) return tl::unexpected(inner.error());
    if (!inner->empty()) patch.set(key, std::move(*inner));
    return {};
  }
  auto inner = list_difference(before, after, *field, wanted);
  if (!inner) return tl::unexpected(inner.error());
  if (!inner->patch.empty()) patch.set(key, std::move(inner->patch));
  if (!inner->deletions.empty()) patch.set("$deleteFromPrimitiveList/" + key, std::move(inner->deletions));
  if (!inner->order.empty()) patch.set("$setElementOrder/" + key, std::move(inner->order));
  return {};
}

Outcome<Value> map_difference(const Value& before, const Value& after, const Type& type, Wanted wanted, bool retain_keys) {
  Value patch = Value::map();
  for (const Entry& entry : before.entries()) {
    std::string key = entry.name.str();
    const Value* now = after.find(key);
    if (!now) {
      if (wanted.deletions) patch.set(key, nullptr);
      continue;
    }
    bool containers = (entry.value.is_map() && now->is_map()) || (entry.value.is_list() && now->is_list());
    if (!containers) {
      if (wanted.changes && !(entry.value == *now)) patch.set(key, *now);
      continue;
    }
    if (auto added = add_field(patch, key, entry.value, *now, type, wanted); !added) return tl::unexpected(added.error());
  }
  Value retained = Value::list();
  bool fresh = false;
  for (const Entry& entry : after.entries()) {
    bool there = before.contains(entry.key());
    fresh = fresh || !there;
    if (wanted.changes && !there) patch.set(entry.key(), entry.value);
    if (!entry.value.is_null()) retained.push_back(Value(entry.key()));
  }
  if (retain_keys && !retained.empty() && (!patch.empty() || fresh)) patch.set("$retainKeys", std::move(retained));
  return patch;
}

Value united(Value deletions, const Value& changes, const Type& type);

// Items of one merged list: those with deletions below them and those with changes, then those that go.
Value united_items(const Value& deletions, const Value& changes, const schema::Field& field) {
  const std::string& merge_key = field.patch.merge_key;
  if (merge_key.empty() || !field.type->items) return changes;
  Value out = changes;
  Value gone = Value::list();
  for (const Value& item : deletions.items()) {
    size_t at = 0;
    while (at < out.size() && !(out[at][merge_key] == item[merge_key])) ++at;
    if (at < out.size()) {
      out.edit(at) = united(item, changes[at], *field.type->items);
    } else {
      (item.contains("$patch") ? gone : out).push_back(item);
    }
  }
  for (const Value& item : gone.items()) out.push_back(item);
  return out;
}

// One patch that does what both do. They come of the same configuration: the orders and retained keys that both name
// are the same, and no item is both changed and deleted.
Value united(Value deletions, const Value& changes, const Type& type) {
  for (const Entry& entry : changes.entries()) {
    const std::string key = entry.name.str();
    const Value* mine = deletions.find(key);
    const schema::Field* field = type.field(key);
    if (!mine || !field) {
      deletions.set(key, entry.value);
    } else if (mine->is_map() && entry.value.is_map() && !field->patch.replace) {
      deletions.set(key, united(*mine, entry.value, *field->type));
    } else if (mine->is_list() && entry.value.is_list() && field->patch.merge) {
      const Value items = united_items(*mine, entry.value, *field);
      const Value* order = changes.find("$setElementOrder/" + key);
      if (!order) order = deletions.find("$setElementOrder/" + key);
      deletions.set(key, order ? in_order_of(items, *order, field->patch.merge_key) : items);
    } else {
      deletions.set(key, entry.value);
    }
  }
  return deletions;
}

}  // namespace

Outcome<Value> strategic_patch(const Value& before, const Value& after, const Type& type) {
  return map_difference(before, after, type, {}, false);
}

Outcome<Value> three_way_patch(const Value& original, const Value& config, const Value& live, const Type& type) {
  auto changes = map_difference(live, config, type, {.changes = true, .deletions = false}, false);
  if (!changes) return changes;
  auto deletions = map_difference(original, config, type, {.changes = false, .deletions = true}, false);
  if (!deletions) return deletions;
  return united(std::move(*deletions), *changes, type);
}

// The deletions and the changes are applied one after the other; the library merges them into one patch first, which
// comes to the same.
Outcome<Value> three_way_merge(const Value& original, const Value& config, const Value& live, const Type& type) {
  auto changes = map_difference(live, config, type, {.changes = true, .deletions = false}, false);
  if (!changes) return changes;
  auto deletions = map_difference(original, config, type, {.changes = false, .deletions = true}, false);
  if (!deletions) return deletions;
  auto without = strategic_merge(live, *deletions, type);
  if (!without) return without;
  return strategic_merge(*without, *changes, type);
}

}  // namespace taut::smd
