#include "dialect/flux/conditions.hh"

#include <algorithm>

#include "dialect/flux/words.hh"

namespace taut::flux {
namespace {

const Value kNone;

auto of_type(std::string_view type) {
  return [type](const Value& condition) { return condition["type"].as_string() == type; };
}

}  // namespace

Conditions::Conditions(const Value& list, int64_t generation, Time now)
    : items_(list.items().begin(), list.items().end()), generation_(generation), now_(now) {}

void Conditions::set(std::string_view type, std::string_view status, std::string_view reason, std::string_view message) {
  Value condition = Value::map({{"type", type},
                                {"status", status},
                                {"reason", reason},
                                {"message", message},
                                {"observedGeneration", generation_},
                                {"lastTransitionTime", format_rfc3339(now_)}});
  auto it = std::ranges::find_if(items_, of_type(type));
  if (it == items_.end()) {
    items_.push_back(std::move(condition));
    return;
  }
  bool same = (*it)["status"] == condition["status"] && (*it)["reason"] == condition["reason"] && (*it)["message"] == condition["message"];
  if (same) condition.set("lastTransitionTime", (*it)["lastTransitionTime"]);
  *it = std::move(condition);
}

void Conditions::remove(std::string_view type) { std::erase_if(items_, of_type(type)); }

const Value& Conditions::find(std::string_view type) const {
  auto it = std::ranges::find_if(items_, of_type(type));
  return it == items_.end() ? kNone : *it;
}

Value Conditions::list() const {
  auto sorted = items_;
  std::ranges::stable_sort(sorted, [](const Value& a, const Value& b) {
    bool ready_a = a["type"].as_string() == kReady, ready_b = b["type"].as_string() == kReady;
    if (ready_a != ready_b) return ready_a;
    return a["type"].as_string() < b["type"].as_string();
  });
  Value out = Value::list();
  for (Value& condition : sorted) out.push_back(std::move(condition));
  return out;
}

const Value& condition_of(const Value& object, std::string_view type) {
  for (const Value& condition : object["status"]["conditions"].items())
    if (condition["type"].as_string() == type) return condition;
  return kNone;
}

}  // namespace taut::flux
