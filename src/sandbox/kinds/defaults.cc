#include "sandbox/kinds/defaults.hh"

#include <unordered_map>
#include <vector>

#include "sandbox/kinds/shapes.hh"
#include "sandbox/kinds/strategy.hh"

namespace taut::sandbox::kinds {
namespace {

using Rules = std::unordered_map<std::string_view, void (*)(Value&)>;

const Rules& rules() {
  static const Rules all = [] {
    Rules out;
    for (auto group : {pod_rules(), workload_rules(), core_rules(), platform_rules()}) {
      for (const DefaultRule& rule : group) out.emplace(rule.type, rule.apply);
    }
    return out;
  }();
  return all;
}

// The rules by the number of their type.
using Numbered = std::vector<void (*)(Value&)>;

const Numbered& numbered() {
  static const Numbered all = [] {
    Numbered out;
    for (auto [name, apply] : rules()) {
      const Shape* shape = go_type(name);
      if (shape == nullptr) continue;
      out.resize(std::max(out.size(), shape->number + 1));
      out[shape->number] = apply;
    }
    return out;
  }();
  return all;
}

void apply_rule(const Shape& shape, Value& value) {
  const Numbered& all = numbered();
  if (shape.number < all.size() && all[shape.number] != nullptr) all[shape.number](value);
}

}  // namespace

void apply_rules(const GoType& shape, Value& object) { walk_structs(shape, object, apply_rule); }

void apply_defaults(const Gvk& gvk, Value& object) {
  const Shape* shape = shape_of(gvk);
  if (!shape) return;
  settle(*shape, object);
  const Value before = object;
  apply_rules(*shape, object);
  if (!object.same(before)) settle(*shape, object);
}

}  // namespace taut::sandbox::kinds
