#include "schema/type.hh"

#include <algorithm>

namespace taut::schema {
namespace {

Type make_untyped(Relation maps) {
  Type out;
  out.scalar = Scalar::kUntyped;
  out.is_list = out.is_map = true;
  out.map_relation = maps;
  out.preserve_unknown = true;
  return out;
}

}  // namespace

const Field* Type::field(std::string_view wanted) const {
  auto at = std::lower_bound(fields.begin(), fields.end(), wanted,
                             [](const Field& f, std::string_view name) { return f.name < name; });
  return at != fields.end() && at->name == wanted ? &*at : nullptr;
}

const Type* Type::child(std::string_view key) const {
  const Field* known = field(key);
  return known ? known->type : values;
}

namespace {

void fill_child(Value& object, const Entry& entry, const Type& type) {
  if (!(entry.value.is_map() || entry.value.is_list())) return;
  Value child = entry.value;
  fill_zero_fields(child, type);
  if (!child.same(entry.value)) object.set(entry.name.str(), std::move(child));
}

void fill_items(Value& list, const Type& type) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (!list[i].is_map()) continue;
    Value item = list[i];
    fill_zero_fields(item, type);
    if (!item.same(list[i])) list.edit(i) = std::move(item);
  }
}

}  // namespace

void fill_zero_fields(Value& object, const Type& type) {
  if (object.is_list()) {
    if (type.is_list && type.items && type.items->is_map) fill_items(object, *type.items);
    return;
  }
  if (!type.is_map || !(object.is_map() || object.is_null())) return;
  for (const Field& field : type.fields)
    if (field.always && !object.contains(field.name)) object.set(field.name, field.zero);
  bool fields_only = !type.fields.empty() || type.values == &deduced_type();
  for (size_t i = 0; i < object.size(); ++i) {
    const Entry& entry = object.entries()[i];
    const Field* field = type.field(entry.key());
    const Type* below = fields_only ? (field != nullptr ? field->type : nullptr) : type.values;
    if (below != nullptr) fill_child(object, entry, *below);
  }
}

const Type& untyped_type() {
  static const Type* type = [] {
    auto* made = new Type(make_untyped(Relation::kAtomic));
    made->name = "__untyped_atomic_";
    made->items = made->values = made;
    return made;
  }();
  return *type;
}

const Type& deduced_type() {
  static const Type* type = [] {
    auto* made = new Type(make_untyped(Relation::kSeparable));
    made->name = "__untyped_deduced_";
    made->items = &untyped_type();
    made->values = made;
    return made;
  }();
  return *type;
}

}  // namespace taut::schema
