// Services that nothing answers, and addresses that do not come.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "health/reason_rules.hh"
#include "object/id.hh"

namespace taut::reason {
namespace {

bool is_ready(const Value& pod) {
  for (const Value& condition : pod["status"]["conditions"].items())
    if (condition["type"].as_string() == "Ready") return condition["status"].as_string() == "True";
  return false;
}

std::string text_of(const Value& selector) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : selector.entries()) parts.push_back(fmt::format("{}={}", key.as_string(), value.as_string()));
  return join(parts, ",");
}

// The pods of the Service's namespace: those it may mean.
std::vector<const Value*> pods_near(const Value& service, const Surroundings& around) {
  std::vector<const Value*> out;
  for (const auto* list : {&around.pods, &around.related})
    for (const Value& item : *list)
      if (item["kind"].as_string("Pod") == "Pod" && namespace_of(item) == namespace_of(service)) out.push_back(&item);
  return out;
}

// The selector that would match some pod after one of its values is changed; null without one.
Value near_miss(const Value& selector, const std::vector<const Value*>& pods) {
  for (const Value* pod : pods) {
    const Value& labels = (*pod)["metadata"]["labels"];
    Value corrected = selector;
    int wrong = 0;
    for (const auto& [key, value] : selector.entries()) {
      if (labels[key.as_string()] == value) continue;
      ++wrong;
      if (labels.contains(key.as_string())) corrected.set(key.as_string(), labels[key.as_string()]);
    }
    if (wrong == 1 && corrected != selector) return corrected;
  }
  return {};
}

// Coarse, so that a status that says it is written seldom: "3 min", "20 min", "5 h", "2 d".
std::string roughly(Duration duration) {
  auto minutes = std::chrono::duration_cast<std::chrono::minutes>(duration);
  if (minutes.count() >= 10 && minutes.count() < 120) minutes = minutes / 10 * 10;
  return minutes.count() == 0 ? "less than a minute" : spoken(minutes);
}

bool has_address(const Value& object) {
  return !object["status"]["loadBalancer"]["ingress"].empty() || !object["status"]["addresses"].empty();
}

}  // namespace

std::optional<Reason> selects_nothing(const Value& service, const Surroundings& around) {
  const Value& selector = service["spec"]["selector"];
  if (selector.empty()) return std::nullopt;
  auto pods = pods_near(service, around);
  int64_t matched = 0, ready = 0;
  for (const Value* pod : pods) {
    const Value& labels = (*pod)["metadata"]["labels"];
    bool same = true;
    for (const auto& [key, value] : selector.entries()) same = same && labels[key.as_string()] == value;
    if (!same) continue;
    ++matched;
    ready += is_ready(*pod) ? 1 : 0;
  }
  if (ready > 0) return std::nullopt;
  Value meant = matched == 0 ? near_miss(selector, pods) : Value();
  std::string next = fmt::format("Selector {} matches {} {}", text_of(selector), matched, matched == 1 ? "pod" : "pods");
  next += meant.is_null() ? (matched == 0 ? "." : ", none of them ready.") : fmt::format("; did you mean {}?", text_of(meant));
  return Reason{{}, fmt::format("Service {} selects no ready pod.", name_of(service)), next, {}, "no ready endpoints", {}};
}

std::optional<Reason> no_address(const Value& object, const Surroundings& around) {
  std::string_view kind = object["kind"].as_string();
  bool wants = kind != "Service" || object["spec"]["type"].as_string() == "LoadBalancer";
  if (!wants || has_address(object)) return std::nullopt;
  auto born = parse_rfc3339(object["metadata"]["creationTimestamp"].as_string());
  std::string after = born && around.now && *around.now > *born ? fmt::format(" after {}", roughly(*around.now - *born)) : "";
  return Reason{{},
                fmt::format("The load balancer of {} {} has no address{}.", kind, name_of(object), after),
                kind == "Service" ? "Check the cloud's load balancer controller and its quota."
                                  : "Check that a controller of its class runs and has an address.",
                "Events",
                "no address",
                {}};
}

}  // namespace taut::reason
