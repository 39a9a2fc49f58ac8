#include "smd/strategic.hh"

#include <algorithm>

#include "base/strings.hh"
#include "value/go_text.hh"

namespace taut::smd {
namespace {

using schema::PatchRule;
using schema::Type;

constexpr std::string_view kPatch = "$patch";
constexpr std::string_view kRetainKeys = "$retainKeys";
constexpr std::string_view kDeletePrefix = "$deleteFromPrimitiveList";
constexpr std::string_view kOrderPrefix = "$setElementOrder";

tl::unexpected<Refusal> refuse(int code, std::string message) {
  std::string reason = code == 400 ? "BadRequest" : code == 422 ? "Invalid" : "";
  return tl::unexpected(Refusal{code, std::move(reason), std::move(message), {}});
}
tl::unexpected<Refusal> no_merge_key(const Value& item, const std::string& key) {
  return refuse(500, "map: " + go_text(item) + " does not contain declared merge key: " + key);
}
tl::unexpected<Refusal> wrong_type(std::string_view expected, const Value& actual) {
  return refuse(500, fmt::format("expected a {}, but received a {}", expected,
                                 actual.is_null() ? "%!s(<nil>)" : go_type(actual)));
}
constexpr std::string_view kGoMap = "map[string]interface {}";
constexpr std::string_view kGoList = "[]interface {}";

#define SMD_TRY(target, expression)                                  \
  auto TAUT_CONCAT(smd_result_, __LINE__) = (expression);            \
  if (!TAUT_CONCAT(smd_result_, __LINE__))                           \
    return tl::unexpected(TAUT_CONCAT(smd_result_, __LINE__).error()); \
  target = std::move(*TAUT_CONCAT(smd_result_, __LINE__))
#define SMD_CHECK(expression) \
  if (auto smd_checked = (expression); !smd_checked) return tl::unexpected(smd_checked.error())

bool starts_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

bool is_deletion(const Value& item) { return item[kPatch].as_string() == "delete"; }

std::vector<std::string> keys_of(const Value& map) {
  std::vector<std::string> out;
  for (const Entry& e : map.entries()) out.push_back(e.name.str());
  return out;
}

// What a patch adds as a whole: without nulls, and without anything that carries a $patch directive. Nothing when it
// is itself a directive.
std::optional<Value> as_addition(const Value& patch) {
  if (patch.is_list()) {
    Value out = Value::list();
    for (const Value& item : patch.items())
      if (auto kept = as_addition(item)) out.push_back(std::move(*kept));
    return out;
  }
  if (!patch.is_map()) return patch;
  if (patch.contains(kPatch)) return {};
  Value out = Value::map();
  for (const Entry& e : patch.entries()) {
    if (e.value.is_null()) continue;
    if (auto kept = as_addition(e.value)) out.append_sorted(e.name, std::move(*kept));
  }
  return out;
}

// The name of a struct as Go prints it: the last part of the definition's.
std::string struct_name(const Type& type) {
  size_t dot = type.name.rfind('.');
  return dot == std::string::npos ? type.name : type.name.substr(dot + 1);
}

struct FieldMeta {
  const Type* type;
  const PatchRule* rule;
};

Outcome<FieldMeta> field_meta(const Type& type, std::string_view key) {
  if (type.fields.empty())
    return refuse(500, "merging an object in json but data type is not struct, instead is: map");
  const schema::Field* field = type.field(key);
  if (!field)
    return refuse(500, fmt::format("unable to find api field in struct {} for the json field {}", struct_name(type),
                                   quote(key)));
  return FieldMeta{field->type, &field->patch};
}

// Lists of maps are told from lists of scalars by their items, which must all be of one kind.
Outcome<bool> holds_maps(const Value& a, const Value& b) {
  const Value* first = nullptr;
  for (const Value* list : {&a, &b}) {
    for (const Value& item : list->items()) {
      if (!first) {
        first = &item;
        if (item.is_list()) return refuse(422, "lists of lists are not supported");
      } else if (go_type(*first) != go_type(item)) {
        return refuse(500, "list element types are not identical: [" + go_text(a) + " " + go_text(b) + "]");
      }
    }
  }
  if (!first) return refuse(500, "no elements in any of the given slices");
  return first->is_map();
}

// How two items of a list are told to be the same.
class Identity {
 public:
  Identity(bool maps, std::string merge_key) : maps_(maps), key_(std::move(merge_key)) {}

  const Value& of(const Value& item) const { return maps_ ? item[key_] : item; }
  // The position of the item's like in a list, or -1.
  int find(const Value& list, const Value& item) const {
    for (size_t i = 0; i < list.size(); ++i)
      if (of(list[i]) == of(item)) return static_cast<int>(i);
    return -1;
  }
  Outcome<void> check(const Value& list) const {
    if (!maps_) return {};
    for (const Value& item : list.items()) {
      if (!item.is_map()) return wrong_type(kGoMap, item);
      if (!item.contains(key_)) return no_merge_key(item, key_);
    }
    return {};
  }
  bool maps() const { return maps_; }

 private:
  bool maps_;
  std::string key_;
};

// Items in the order of their likes in `order`; those to be deleted come last.
Outcome<std::vector<Value>> in_order(std::vector<Value> items, const Value& order, const Identity& identity) {
  Value list = Value::list();
  for (const Value& item : items) list.push_back(item);
  SMD_CHECK(identity.check(list));
  SMD_CHECK(identity.check(order));
  std::stable_partition(items.begin(), items.end(),
                        [&](const Value& item) { return !identity.maps() || !is_deletion(item); });
  auto end = std::find_if(items.begin(), items.end(),
                          [&](const Value& item) { return identity.maps() && is_deletion(item); });
  std::stable_sort(items.begin(), end, [&](const Value& a, const Value& b) {
    return identity.find(order, a) < identity.find(order, b);
  });
  return items;
}

// The merged list in its final order: what the patch names as `patch_order` has it, the rest as `server_order` has
// it; where both orders say nothing the patch's items come first.
Outcome<Value> ordered(const Value& merged, const Value& patch_order, const Value& server_order,
                       const Identity& identity) {
  std::vector<Value> named, others;
  for (const Value& item : merged.items()) (identity.find(patch_order, item) >= 0 ? named : others).push_back(item);
  SMD_TRY(named, in_order(std::move(named), patch_order, identity));
  SMD_TRY(others, in_order(std::move(others), server_order, identity));
  Value out = Value::list();
  size_t i = 0, j = 0;
  while (i < others.size() || j < named.size()) {
    bool from_others = j == named.size();
    if (i < others.size() && j < named.size()) {
      int other = identity.find(server_order, others[i]), mine = identity.find(server_order, named[j]);
      from_others = other >= 0 && mine >= 0 && other < mine;
    }
    out.push_back(from_others ? others[i++] : named[j++]);
  }
  return out;
}

Outcome<Value> merge_map(Value original, Value patch, const Type& type);

Outcome<std::string> directive_target(const std::string& key, std::string_view prefix) {
  std::string_view before, after;
  if (cut(key, "/", before, after) && before == prefix) return std::string(after);
  return refuse(400, prefix == kDeletePrefix ? "invalid patch format of primitive list"
                                             : "invalid patch format of setElementOrder list");
}

// Carries out the $patch directives among the items; what remains of both lists is to be merged.
Outcome<void> apply_item_directives(Value& original, Value& patch, const std::string& merge_key) {
  Value plain = Value::list();
  bool replace = false;
  for (const Value& item : patch.items()) {
    const Value* directive = item.find(kPatch);
    if (!directive) {
      plain.push_back(item);
      continue;
    }
    std::string_view what = directive->as_string();
    if (what == "delete") {
      const Value* key = item.find(merge_key);
      if (!key) return no_merge_key(item, merge_key);
      Value kept = Value::list();
      for (const Value& there : original.items())
        if (!there.contains(merge_key) || !(there[merge_key] == *key)) kept.push_back(there);
      original = std::move(kept);
    } else if (what == "replace") {
      replace = true;
    } else if (what == "merge") {
      return refuse(500, "merging lists cannot yet be specified in the patch");
    } else {
      return refuse(500, "unknown patch type: " + go_text(*directive) + " in map: " + go_text(item));
    }
  }
  if (replace) original = std::move(plain);
  patch = replace ? Value::list() : std::move(plain);
  return {};
}

Outcome<Value> merge_items(const Value& original, const Value& patch, const Type& item_type,
                           const std::string& merge_key) {
  Value out = original;
  for (const Value& item : patch.items()) {
    const Value* key = item.find(merge_key);
    if (!key) return no_merge_key(item, merge_key);
    size_t at = 0;
    while (at < out.size() && !(out[at].contains(merge_key) && out[at][merge_key] == *key)) ++at;
    if (at == out.size()) {
      out.push_back(item);
      continue;
    }
    SMD_TRY(Value merged, merge_map(out[at], item, item_type));
    out.edit(at) = std::move(merged);
  }
  return out;
}

Value united_scalars(const Value& original, const Value& patch) {
  Value out = Value::list();
  for (const Value* list : {&original, &patch})
    for (const Value& item : list->items())
      if (std::find(out.items().begin(), out.items().end(), item) == out.items().end()) out.push_back(item);
  return out;
}

Value without_scalars(const Value& original, const Value& gone) {
  Value out = Value::list();
  for (const Value& item : original.items())
    if (std::find(gone.items().begin(), gone.items().end(), item) == gone.items().end()) out.push_back(item);
  return out;
}

Outcome<Value> merge_list(Value original, Value patch, const FieldMeta& meta, bool delete_items) {
  if (!meta.rule->merge && !delete_items) return patch;
  if (original.empty() && patch.empty()) return original;
  SMD_TRY(bool maps, holds_maps(original, patch));
  if (!maps && delete_items) return without_scalars(original, patch);
  const std::string& key = meta.rule->merge_key;
  Value merged;
  if (maps) {
    if (key.empty()) return refuse(500, "cannot merge lists without merge key for struct");
    SMD_CHECK(apply_item_directives(original, patch, key));
    SMD_TRY(merged, merge_items(original, patch, *meta.type->items, key));
  } else {
    merged = united_scalars(original, patch);
  }
  return ordered(merged, patch, original, Identity(maps, key));
}

// $retainKeys names all fields that may stay.
Outcome<void> apply_retain_keys(Value& original, Value& patch) {
  const Value* found = patch.find(kRetainKeys);
  if (!found) return {};
  Value retained = *found;
  patch.erase(kRetainKeys);
  if (!retained.is_list()) return refuse(400, "invalid patch format of retainKeys");
  auto names = [&](std::string_view key) {
    return std::any_of(retained.items().begin(), retained.items().end(),
                       [&](const Value& v) { return v.is_string() && v.as_string() == key; });
  };
  for (const Entry& e : patch.entries()) {
    if (e.value.is_null() || starts_with(e.key(), kDeletePrefix) || starts_with(e.key(), kOrderPrefix)) continue;
    if (!names(e.key())) return refuse(400, "invalid patch format of retainKeys");
  }
  for (const std::string& key : keys_of(original))
    if (!names(key)) original.erase(key);
  return {};
}

// The items of a patch must come in the order that the patch asks for.
Outcome<void> check_order(const Value& patch, const Value& order, const std::string& merge_key) {
  if (order.empty() || patch.empty()) return {};
  auto at = order.items().begin();
  for (const Value& item : patch.items()) {
    if (!merge_key.empty() && !item.is_map()) return wrong_type(kGoMap, item);
    if (item.is_map() && item.contains(kPatch)) continue;
    for (bool found = false; !found; ++at) {
      if (at == order.items().end())
        return refuse(500, fmt::format("The order in patch list:\n{}\n doesn't match {} list:\n{}\n", go_text(patch),
                                       kOrderPrefix, go_text(order)));
      if (merge_key.empty()) {
        found = item == *at;
        continue;
      }
      if (!at->is_map()) return wrong_type(kGoMap, *at);
      for (const Value* side : {&item, &*at})
        if (!side->contains(merge_key)) return no_merge_key(*side, merge_key);
      found = item[merge_key] == (*at)[merge_key];
    }
  }
  return {};
}

// One $setElementOrder directive, together with the list of the patch that it orders.
Outcome<void> apply_order(Value& original, Value& patch, const std::string& directive, const Type& type) {
  Value order = patch[directive];
  patch.erase(directive);
  if (!order.is_list()) return wrong_type(kGoList, order);
  SMD_TRY(std::string key, directive_target(directive, kOrderPrefix));
  const Value *before = original.find(key), *changes = patch.find(key);
  if (before && !before->is_list()) return wrong_type(kGoList, *before);
  if (changes && !changes->is_list()) return wrong_type(kGoList, *changes);
  SMD_TRY(FieldMeta meta, field_meta(type, key));
  Value server = before ? *before : Value::list(), mine = changes ? *changes : Value::list();
  SMD_CHECK(check_order(mine, order, meta.rule->merge_key));
  if (!before && !changes) return {};
  Value merged;
  if (!changes) {
    merged = server;
  } else if (!before) {
    merged = as_addition(mine).value_or(Value::list());
  } else {
    SMD_TRY(merged, merge_list(server, mine, meta, false));
  }
  SMD_TRY(bool maps, holds_maps(server, mine));
  SMD_TRY(Value result, ordered(merged, order, server, Identity(maps, meta.rule->merge_key)));
  original.set(key, std::move(result));
  patch.erase(key);
  return {};
}

Outcome<Value> merge_values(const Value& before, const Value& change, const Type& type, const std::string& key,
                            bool delete_items) {
  SMD_TRY(FieldMeta meta, field_meta(type, key));
  if (before.is_list()) return merge_list(before, change, meta, delete_items);
  if (meta.rule->replace) return change;
  return merge_map(before, change, *meta.type);
}

Outcome<void> apply_entry(Value& original, const Entry& e, const Type& type) {
  std::string key = e.name.str();
  bool delete_items = starts_with(key, kDeletePrefix);
  if (delete_items) {
    SMD_TRY(key, directive_target(key, kDeletePrefix));
  }
  if (e.value.is_null()) {
    original.erase(key);
    return {};
  }
  const Value* before = original.find(key);
  bool containers = before && ((before->is_map() && e.value.is_map()) || (before->is_list() && e.value.is_list()));
  if (containers) {
    SMD_TRY(Value merged, merge_values(*before, e.value, type, key, delete_items));
    original.set(key, std::move(merged));
    return {};
  }
  if (delete_items) return {};
  if (auto added = as_addition(e.value)) {
    original.set(key, std::move(*added));
  } else {
    original.erase(key);
  }
  return {};
}

Outcome<Value> merge_map(Value original, Value patch, const Type& type) {
  if (const Value* directive = patch.find(kPatch)) {
    std::string_view what = directive->as_string();
    if (what == "delete") return Value::map();
    if (what != "replace")
      return refuse(500, "unknown patch type: " + go_text(*directive) + " in map: " + go_text(patch));
    patch.erase(kPatch);
    return patch;
  }
  if (!original.is_map()) original = Value::map();
  SMD_CHECK(apply_retain_keys(original, patch));
  for (const std::string& key : keys_of(patch)) {
    if (!starts_with(key, kOrderPrefix)) continue;
    SMD_CHECK(apply_order(original, patch, key, type));
  }
  for (const Entry& e : patch.entries()) {
    SMD_CHECK(apply_entry(original, e, type));
  }
  return original;
}

}  // namespace

Outcome<Value> strategic_merge(const Value& original, const Value& patch, const Type& type) {
  return merge_map(original, patch, type);
}

}  // namespace taut::smd
