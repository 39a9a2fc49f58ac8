#include "sandbox/kinds/defaults.hh"

#include <unordered_map>

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

void apply_rule(const Shape& shape, Value& value) {
  auto at = rules().find(shape.name);
  if (at != rules().end()) at->second(value);
}

}  // namespace

void apply_defaults(const Gvk& gvk, Value& object) {
  const Shape* shape = shape_of(gvk);
  if (!shape) return;
  settle(*shape, object);
  walk_structs(*shape, object, apply_rule);
  settle(*shape, object);
}

}  // namespace taut::sandbox::kinds
