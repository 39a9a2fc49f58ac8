#include "smd/typed.hh"

namespace taut::smd {
namespace {

using schema::Relation;
using schema::Type;

// A container that was there stays there, if only empty; what is null was not a container before.
Value keep_container(Value stripped, const Value& before) {
  if (!stripped.is_null()) return stripped;
  if (before.is_map()) return Value::map();
  if (before.is_list()) return Value::list();
  return stripped;
}

Value remove_from_list(const Value& list, const Set& items, const Type& type) {
  if (list.empty() || type.list_relation == Relation::kAtomic) return {};
  Value out = Value::list();
  bool descended = false;
  for (const Value& item : list.items()) {
    auto element = item_element(type, item);
    if (!element) {
      out.push_back(item);
      continue;
    }
    if (items.has_member(*element)) continue;
    const Set* below = items.below(*element);
    if (below && !below->empty()) {
      descended = true;
      out.push_back(keep_container(remove_items(item, *below, *type.items), item));
    } else {
      out.push_back(item);
    }
  }
  if (out.empty() && !descended) return {};
  return out;
}

Value remove_from_map(const Value& map, const Set& items, const Type& type) {
  if (map.empty() || type.map_relation == Relation::kAtomic) return {};
  Value out = Value::map();
  bool descended = false;
  for (const Entry& e : map.entries()) {
    PathElement element = PathElement::field(e.key());
    if (items.has_member(element)) continue;
    const Set* below = items.below(element);
    const Type* child = type.child(e.key());
    if (below && !below->empty() && child) {
      descended = true;
      out.append_sorted(e.name, keep_container(remove_items(e.value, *below, *child), e.value));
    } else {
      out.append_sorted(e.name, e.value);
    }
  }
  if (out.empty() && !descended) return {};
  return out;
}

}  // namespace

Value remove_items(const Value& value, const Set& items, const Type& type) {
  if (items.empty()) return value;
  switch (shape_of(type, &value)) {
    case Shape::kMap: return value.is_map() ? remove_from_map(value, items, type) : Value();
    case Shape::kList: return value.is_list() ? remove_from_list(value, items, type) : Value();
    default: return value;
  }
}

}  // namespace taut::smd
