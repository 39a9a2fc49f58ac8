#include "kustomize/merge.hh"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "kustomize/merge_list.hh"
#include "value/blank.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

constexpr std::string_view kDirective = "$patch";

enum class Directive { kMerge, kReplace, kDelete };

Result<Directive> directive_of(const Value& value) {
  std::string text = yaml::scalar_text(value);
  if (text == "merge") return Directive::kMerge;
  if (text == "replace") return Directive::kReplace;
  if (text == "delete") return Directive::kDelete;
  return fail(Code::kInvalid, "unknown patch strategy '{}'", text);
}

// Takes a map's directive out of it.
Result<Directive> take_map_directive(Value& patch) {
  const Value* value = patch.find(kDirective);
  if (value == nullptr) return Directive::kMerge;
  TAUT_ASSIGN(Directive directive, directive_of(*value));
  patch.erase(kDirective);
  return directive;
}

// A list's directive is an item with nothing but `$patch`; only the first item with that key counts.
Result<Directive> take_list_directive(Value& patch) {
  for (const Value& item : patch.items()) {
    const Value* value = item.find(kDirective);
    if (value == nullptr) continue;
    if (item.size() > 1) break;
    std::string text = yaml::scalar_text(*value);
    TAUT_ASSIGN(Directive directive, directive_of(*value));
    Items items(patch.items().begin(), patch.items().end());
    TAUT_TRY(set_item(items, {std::string(kDirective)}, {text}, nullptr));
    patch = Value::list();
    for (Value& item : items) patch.push_back(std::move(item));
    return directive;
  }
  return Directive::kMerge;
}

// True for lists whose items are maps that all have all the keys, no two alike: the usual ones.
bool well_keyed(const Value& list, const std::vector<std::string>& keys) {
  std::unordered_set<std::string> seen;
  for (const Value& item : list.items()) {
    if (!item.is_map()) return false;
    std::string joined;
    for (const std::string& key : keys) {
      const Value* field = item.find(key);
      if (field == nullptr || field->is_map() || field->is_list()) return false;
      std::string text = key_text(field);
      if (text.empty()) return false;
      joined.append(text).push_back('\0');
    }
    if (!seen.insert(std::move(joined)).second) return false;
  }
  return true;
}

bool distinct_scalars(const Value& list) {
  std::unordered_set<std::string> seen;
  for (const Value& item : list.items())
    if (item.is_null() || item.is_map() || item.is_list() || !seen.insert(yaml::scalar_text(item)).second) return false;
  return true;
}

// True when the walk over something that no patch touches changes nothing in it.
bool settled_already(const Value& value, SchemaAt at) {
  if (is_blank_null(value)) return false;
  if (value.is_map()) {
    at = at.of_object(value);
    for (const Entry& entry : value.entries())
      if (!settled_already(entry.value, at.field(entry.key()))) return false;
    return true;
  }
  if (!value.is_list() || !at.merges()) return true;
  if (at.keys().empty()) return distinct_scalars(value);
  if (!well_keyed(value, at.keys())) return false;
  SchemaAt item_at = at.items();
  for (const Value& item : value.items())
    if (!settled_already(item, item_at)) return false;
  return true;
}

// Walks target and patch together, changing both in place. A walk gives which of the two is the result, or nullptr
// when the place is cleared. Once something is taken over from the patch, both are the same.
class Walker {
 public:
  Result<Value*> walk(Value* target, Value* patch, SchemaAt at) {
    const Value* shape = target != nullptr && !target->is_null() ? target : patch;
    if (shape == nullptr || shape->is_null()) return walk_null(target, patch);
    if (target != nullptr && patch == nullptr && settled_already(*target, at)) return target;
    for (const Value* side : {target, patch}) {
      if (side == nullptr || side->is_null()) continue;
      if (shape->is_map() && !side->is_map()) return wrong_kind("MappingNode", *side);
      if (shape->is_list() && !side->is_list()) return wrong_kind("SequenceNode", *side);
      if (!shape->is_map() && !shape->is_list() && (side->is_map() || side->is_list()))
        return wrong_kind("ScalarNode", *side);
    }
    if (shape->is_map()) return walk_map(target, patch, at.of_object(*shape));
    if (shape->is_list() && at.merges()) return walk_list(target, patch, at);
    return patch != nullptr ? patch : target;
  }

 private:
  // A null of the target alone stays if it was written out; one that the patch brings clears.
  static Value* walk_null(Value* target, Value* patch) {
    return patch != nullptr || target == nullptr || is_blank_null(*target) ? nullptr : target;
  }

  // Which side the walk goes on with: that of a map or of a list that merges.
  template <class Take>
  Result<Value*> choose(Value* target, Value* patch, Take take) {
    if (target == nullptr || target->is_null()) {
      auto directive = take(*patch);
      return directive && *directive == Directive::kDelete ? nullptr : patch;
    }
    if (patch == nullptr) return target;
    if (patch->is_null()) return nullptr;
    TAUT_ASSIGN(Directive directive, take(*patch));
    if (directive == Directive::kDelete) return nullptr;
    return directive == Directive::kReplace ? patch : target;
  }

  Result<Value*> walk_map(Value* target, Value* patch, SchemaAt at) {
    TAUT_ASSIGN(Value * result, choose(target, patch, take_map_directive));
    if (result == nullptr) return result;
    bool alias = result == patch;
    std::vector<std::string> names;
    for (const Entry& entry : result->entries()) names.push_back(entry.name.str());
    if (!alias && patch != nullptr)
      for (const Entry& entry : patch->entries())
        if (!result->contains(entry.key())) names.push_back(entry.name.str());
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) TAUT_TRY(walk_field(*result, alias ? nullptr : patch, alias, name, at));
    return result;
  }

  Status walk_field(Value& result, Value* patch, bool alias, const std::string& name, SchemaAt at) {
    SchemaAt field_at = at.field(name);
    const Value* there = result.find(name);
    const Value* change = patch != nullptr ? patch->find(name) : nullptr;
    if (change == nullptr && !alias && there != nullptr && settled_already(*there, field_at)) return {};
    Value target = there != nullptr ? *there : Value(), source = change != nullptr ? *change : Value();
    Value* target_at = there != nullptr ? &target : nullptr;
    Value* source_at = alias ? target_at : change != nullptr ? &source : nullptr;
    TAUT_ASSIGN(Value * merged, walk(target_at, source_at, field_at));
    if (merged == nullptr || (merged->is_null() && source_at != nullptr)) result.erase(name);
    else result.set(name, std::move(*merged));
    return {};
  }

  Result<Value*> walk_list(Value* target, Value* patch, SchemaAt at) {
    // A list that is taken over whole keeps its directive.
    Value* result = patch;
    if (target != nullptr && !target->is_null()) {
      TAUT_ASSIGN(result, choose(target, patch, take_list_directive));
    }
    if (result == nullptr) return result;
    bool alias = result == patch;
    Value* other = alias ? nullptr : patch;
    const auto& keys = at.keys();
    bool usual = keys.empty() ? distinct_scalars(*result) && (other == nullptr || distinct_scalars(*other))
                              : well_keyed(*result, keys) && (other == nullptr || well_keyed(*other, keys));
    if (!usual) TAUT_TRY(merge_odd(*result, alias ? result : other, alias, at));
    else if (keys.empty()) merge_set(*result, other);
    else TAUT_TRY(merge_keyed(*result, other, alias, at));
    return result;
  }

  static void merge_set(Value& target, const Value* patch) {
    if (patch == nullptr || patch->empty()) return;
    Value out = *patch;
    std::unordered_set<std::string> seen;
    std::unordered_map<std::string, size_t> at;
    for (size_t i = 0; i < patch->size(); ++i) at.emplace(yaml::scalar_text((*patch)[i]), i);
    for (const Value& item : target.items()) {
      auto found = at.find(yaml::scalar_text(item));
      if (found == at.end()) out.push_back(item);
      else out.edit(found->second) = item;
    }
    target = std::move(out);
  }

  // Items of the patch come first, in its order; one that the target has too is merged into the target's.
  Status merge_keyed(Value& target, Value* patch, bool alias, SchemaAt at) {
    SchemaAt item_at = at.items();
    std::unordered_map<std::string, size_t> places;
    for (size_t i = 0; patch != nullptr && i < target.size(); ++i) places.emplace(joined_keys(target[i], at), i);
    std::vector<bool> done(target.size());
    Value out = Value::list();
    for (size_t i = 0; patch != nullptr && i < patch->size(); ++i) {
      auto found = places.find(joined_keys((*patch)[i], at));
      Value change = (*patch)[i], item;
      Value* item_place = nullptr;
      if (found != places.end()) {
        item = target[found->second];
        item_place = &item;
        done[found->second] = true;
      }
      TAUT_ASSIGN(Value * merged, walk(item_place, &change, item_at));
      // An item that is to be replaced as a whole is put back from the target by upstream.
      if (merged != nullptr && !is_void(*merged)) out.push_back(item_place != nullptr ? item : std::move(*merged));
    }
    for (size_t i = 0; i < target.size(); ++i) {
      if (done[i]) continue;
      Value item = target[i];
      TAUT_ASSIGN(Value * merged, walk(&item, alias ? &item : nullptr, item_at));
      if (merged != nullptr && !is_void(*merged)) out.push_back(std::move(*merged));
    }
    target = std::move(out);
    return {};
  }

  static std::string joined_keys(const Value& item, SchemaAt at) {
    std::string out;
    for (const std::string& key : at.keys()) out.append(key_text(item.find(key))).push_back('\0');
    return out;
  }

  // Step by step as upstream does it, for items without keys, with equal ones or of several shapes.
  Status merge_odd(Value& target, Value* patch, bool alias, SchemaAt at) {
    Items mine(target.items().begin(), target.items().end()), theirs;
    if (patch != nullptr && !alias) theirs.assign(patch->items().begin(), patch->items().end());
    std::vector<KeyValues> all = tuples(alias ? mine : theirs, mine, at.keys());
    std::vector<std::string> keys = at.keys().empty() ? std::vector<std::string>{""} : at.keys();
    if (keys.size() > 1) unify(all);
    Items added;
    std::vector<std::string> used = keys;
    for (const KeyValues& tuple : all) {
      used = keys;
      KeyValues values = tuple;
      drop_unused_keys(all, used, values);
      TAUT_TRY(merge_odd_item(mine, alias ? mine : theirs, alias, used, values, at.items(), added));
    }
    if (!all.empty()) {
      TAUT_TRY(append_items(added, mine, used));
      mine = std::move(added);
    }
    target = Value::list();
    for (Value& item : mine) target.push_back(std::move(item));
    return {};
  }

  Status merge_odd_item(Items& mine, Items& theirs, bool alias, const std::vector<std::string>& keys,
                        const KeyValues& values, SchemaAt at, Items& added) {
    std::vector<std::string> present = keys;
    KeyValues present_values = values;
    drop_unused_keys({values}, present, present_values);
    Value* target = find_item(mine, present, present_values);
    Value* source = alias ? target : find_item(theirs, present, present_values);
    TAUT_ASSIGN(Value * merged, walk(target, source, at));
    if (merged == nullptr || is_void(*merged)) return set_item(mine, keys, values, nullptr);
    for (size_t i = 0; i < keys.size(); ++i)
      if (!keys[i].empty() && merged->is_map() && !merged->contains(keys[i]) && !values[i].empty())
        merged->set(keys[i], yaml::make_plain(values[i]));
    Value item = *merged;
    return set_item(added, keys, values, &item);
  }

  // The keys of all items, the patch's first, each once.
  static std::vector<KeyValues> tuples(const Items& theirs, const Items& mine, const std::vector<std::string>& keys) {
    std::vector<KeyValues> out;
    for (const Items* items : {&theirs, &mine}) {
      for (const Value& item : *items) {
        KeyValues tuple = keys.empty() ? KeyValues{yaml::scalar_text(item)} : key_values(item, keys);
        if (std::find(out.begin(), out.end(), tuple) == out.end()) out.push_back(std::move(tuple));
      }
    }
    return out;
  }
};

}  // namespace

Result<Value> strategic_merge(const Value& target, const Value& patch, SchemaAt at) {
  Value merged = target, change = patch;
  TAUT_ASSIGN(Value * result, Walker().walk(&merged, &change, at));
  if (result == nullptr) return Value();
  // What replaces the whole object is dropped upstream, which goes on with the object it had.
  return result == &change ? target : std::move(*result);
}

}  // namespace taut::kustomize
