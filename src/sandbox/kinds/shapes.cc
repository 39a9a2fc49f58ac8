#include "sandbox/kinds/shapes.hh"

namespace taut::sandbox::kinds {
namespace {

void walk_type(const GoExpression& type, Value& value, Visit visit);

void walk_fields(const Shape& shape, Value& value, Visit visit) {
  for (const GoField* field : shape.with_structs) {
    const Value* old = value.find(field->name);
    if (!old) continue;
    Value fresh = *old;
    walk_type(field->expression, fresh, visit);
    if (!fresh.same(*old)) value.set(field->name, std::move(fresh));
  }
}

void walk_items(const GoExpression& type, Value& value, Visit visit) {
  if (type.shape == '[') {
    for (size_t i = 0; i < value.size(); ++i) {
      Value fresh = value[i];
      walk_type(*type.element, fresh, visit);
      if (!fresh.same(value[i])) value.edit(i) = std::move(fresh);
    }
    return;
  }
  std::vector<std::string> keys;
  for (const Entry& entry : value.entries()) keys.emplace_back(entry.key());
  for (const std::string& key : keys) {
    Value fresh = value[key];
    walk_type(*type.element, fresh, visit);
    if (!fresh.same(value[key])) value.set(key, std::move(fresh));
  }
}

void walk_type(const GoExpression& type, Value& value, Visit visit) {
  if (type.shape == 'S') {
    if (value.is_map()) walk_structs(*type.type, value, visit);
  } else {
    walk_items(type, value, visit);
  }
}

}  // namespace

void walk_structs(const Shape& shape, Value& object, Visit visit) {
  visit(shape, object);
  walk_fields(shape, object, visit);
}

}  // namespace taut::sandbox::kinds
