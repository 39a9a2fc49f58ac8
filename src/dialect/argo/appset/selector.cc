#include "dialect/argo/appset/selector.hh"

#include <algorithm>

namespace taut::argo::appset {
namespace {

bool among(const Value& values, const Value* held) {
  return held && std::ranges::any_of(values.items(), [&](const Value& value) { return value == *held; });
}

}  // namespace

Result<bool> selects(const Value& selector, const Value& flat) {
  for (const auto& [key, value] : selector["matchLabels"].entries()) {
    const Value* held = flat.find(key.as_string());
    if (!held || *held != value) return false;
  }
  for (const Value& expression : selector["matchExpressions"].items()) {
    const Value* held = flat.find(expression["key"].as_string());
    std::string_view op = expression["operator"].as_string();
    const Value& values = expression["values"];
    bool holds = false;
    if (op == "In")
      holds = among(values, held);
    else if (op == "NotIn")
      holds = !among(values, held);
    else if (op == "Exists")
      holds = held != nullptr;
    else if (op == "DoesNotExist")
      holds = held == nullptr;
    else
      return fail(Code::kInvalid, "error parsing label selector: \"{}\" is not a valid label selector operator", op);
    if (!holds) return false;
  }
  return true;
}

}  // namespace taut::argo::appset
