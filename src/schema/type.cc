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
