#include "sandbox/kinds/shapes.hh"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "base/strings.hh"
#include "embedded/go_shapes.hh"

namespace taut::sandbox::kinds {
namespace {

struct Table {
  std::deque<Shape> shapes;
  std::deque<ShapeType> items;
  std::unordered_map<std::string_view, Shape*> by_name;

  Shape* shape(std::string_view name) {
    auto [at, fresh] = by_name.try_emplace(name, nullptr);
    if (fresh) {
      at->second = &shapes.emplace_back();
      at->second->name = name;
    }
    return at->second;
  }

  ShapeType type(std::string_view text) {
    ShapeType out;
    if (text.starts_with("*")) {
      out = type(text.substr(1));
      out.pointer = true;
    } else if (text.starts_with("[]") || text.starts_with("{}")) {
      out.kind = text[0] == '[' ? 'L' : 'M';
      out.item = &items.emplace_back(type(text.substr(2)));
    } else if (text.size() == 1) {
      out.kind = text[0];
    } else {
      out.kind = 'S';
      out.shape = shape(text);
    }
    return out;
  }

  void line(std::string_view text) {
    auto words = split(text, ' ');
    Shape* out = shape(words[0]);
    for (std::string_view word : std::span(words).subspan(1)) {
      ShapeField field;
      if (word.ends_with('!')) field.always = true;
      if (word.ends_with('0')) field.omit_zero = true;
      std::string_view type_text;
      cut(word.substr(0, word.size() - (field.always || field.omit_zero ? 1 : 0)), ":", field.name, type_text);
      field.type = type(type_text);
      out->fields.push_back(field);
    }
    std::ranges::sort(out->fields, {}, &ShapeField::name);
  }
};

const Table& table() {
  static const Table loaded = [] {
    Table out;
    for (std::string_view text : split(embedded::go_shapes(), '\n')) {
      if (!text.empty() && text[0] != '@') out.line(text);
    }
    return out;
  }();
  return loaded;
}

// Go packages carry the first word of the API group; the core group is "core".
std::string package_of(const Gvk& gvk) {
  std::string_view first(gvk.group);
  first = first.substr(0, first.find('.'));
  if (gvk.group.empty()) first = "core";
  if (gvk.group == "rbac.authorization.k8s.io") first = "rbac";
  if (gvk.group == "flowcontrol.apiserver.k8s.io") first = "flowcontrol";
  return std::string(first) + "/" + gvk.version + "." + gvk.kind;
}

bool built_in(std::string_view group) {
  return group.find('.') == group.npos || group.ends_with(".k8s.io");
}

}  // namespace

const ShapeField* Shape::field(std::string_view field_name) const {
  auto at = std::ranges::lower_bound(fields, field_name, {}, &ShapeField::name);
  return at != fields.end() && at->name == field_name ? &*at : nullptr;
}

const Shape* shape_named(std::string_view name) {
  auto at = table().by_name.find(name);
  return at == table().by_name.end() ? nullptr : at->second;
}

const Shape* shape_of(const Gvk& gvk) {
  if (!built_in(gvk.group)) return nullptr;
  return shape_named(package_of(gvk));
}

namespace {

void walk_type(const ShapeType& type, Value& value, Visit visit);

void walk_fields(const Shape& shape, Value& value, Visit visit) {
  for (const ShapeField& field : shape.fields) {
    if (field.type.kind != 'S' && field.type.kind != 'L' && field.type.kind != 'M') continue;
    const Value* old = value.find(field.name);
    if (!old) continue;
    Value fresh = *old;
    walk_type(field.type, fresh, visit);
    if (!fresh.same(*old)) value.set(field.name, std::move(fresh));
  }
}

void walk_items(const ShapeType& type, Value& value, Visit visit) {
  if (type.kind == 'L') {
    for (size_t i = 0; i < value.size(); ++i) {
      Value fresh = value[i];
      walk_type(*type.item, fresh, visit);
      if (!fresh.same(value[i])) value.edit(i) = std::move(fresh);
    }
    return;
  }
  std::vector<std::string> keys;
  for (const Entry& entry : value.entries()) keys.emplace_back(entry.key());
  for (const std::string& key : keys) {
    Value fresh = value[key];
    walk_type(*type.item, fresh, visit);
    if (!fresh.same(value[key])) value.set(key, std::move(fresh));
  }
}

bool holds_structs(const ShapeType& type) {
  return type.kind == 'S' || ((type.kind == 'L' || type.kind == 'M') && holds_structs(*type.item));
}

void walk_type(const ShapeType& type, Value& value, Visit visit) {
  if (type.kind == 'S' && value.is_map()) walk_structs(*type.shape, value, visit);
  if ((type.kind == 'L' || type.kind == 'M') && holds_structs(*type.item)) walk_items(type, value, visit);
}

}  // namespace

void walk_structs(const Shape& shape, Value& object, Visit visit) {
  visit(shape, object);
  walk_fields(shape, object, visit);
}

}  // namespace taut::sandbox::kinds
