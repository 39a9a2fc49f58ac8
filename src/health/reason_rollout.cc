// Workloads as a whole: rollouts that stand still, pods that are refused, jobs that fail.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "health/reason_rules.hh"
#include "object/id.hh"

namespace taut::reason {
namespace {

const Value& condition(const Value& object, std::string_view type) {
  static const Value none;
  for (const Value& item : object["status"]["conditions"].items()) {
    if (item["type"].as_string() == type) return item;
  }
  return none;
}

std::string_view refusal(const Value& object) {
  const Value& failure = condition(object, "ReplicaFailure");
  return failure["status"].as_string() == "True" ? failure["message"].as_string() : std::string_view();
}

// The value of `name` in "requested: pods=1, used: pods=2,cpu=1, limited: pods=2" for one resource.
std::string_view figure(std::string_view message, std::string_view name, std::string_view resource) {
  std::string_view before, after;
  if (!cut(message, name, before, after)) return {};
  after = after.substr(0, after.find(", "));
  for (std::string_view pair : split(after, ',')) {
    std::string_view key, value;
    if (cut(trim(pair), "=", key, value) && key == resource) return value;
  }
  return {};
}

int64_t refused_pods(const Value& object) {
  return std::max<int64_t>(1, object["spec"]["replicas"].as_int(1) - object["status"]["replicas"].as_int());
}

// The child that explains a rollout: what one of its pods suffers from.
std::optional<Reason> child_of(const Value& object, const Surroundings& around) {
  Value plain = object;
  plain.set("kind", "");  // so that only the pods are asked
  return explain(plain, around);
}

}  // namespace

std::optional<Reason> quota(const Value& object, const Surroundings& around) {
  std::string_view before, rest, name, resource;
  std::string_view message = refusal(object);
  if (!cut(message, "exceeded quota: ", before, rest)) return std::nullopt;
  name = rest.substr(0, rest.find(','));
  std::string_view asked;
  cut(rest, "requested: ", before, asked);
  resource = asked.substr(0, asked.find('='));
  int64_t pods = refused_pods(object);
  std::string where = around.source.empty() ? "in Git" : "in " + around.source;
  return Reason{{},
                fmt::format("Quota {} of {} is used up ({} of {} {}); {} {} refused.", name, namespace_of(object),
                            figure(rest, ", used: ", resource), figure(rest, ", limited: ", resource), resource,
                            pods, pods == 1 ? "pod was" : "pods were"),
                fmt::format("Free some or raise it {}.", where),
                {},
                condition(object, "ReplicaFailure")["reason"].str(),
                {}};
}

std::optional<Reason> refused(const Value& object, const Surroundings& around) {
  std::string_view before, rest, policy, why;
  if (!cut(refusal(object), "admission webhook \"", before, rest)) return std::nullopt;
  if (!cut(rest, "\" denied the request: ", policy, why)) return std::nullopt;
  return Reason{{},
                fmt::format("Policy {} refused pods of {}: {}.", policy, name_of(object), trim_right(why, ".")),
                around.source.empty() ? "Change it in Git, or the policy." : fmt::format("{}.", around.source),
                "Show the rule",
                condition(object, "ReplicaFailure")["reason"].str(),
                {}};
}

std::optional<Reason> deadline(const Value& object, const Surroundings& around) {
  const Value& progressing = condition(object, "Progressing");
  if (progressing["reason"].as_string() != "ProgressDeadlineExceeded") return std::nullopt;
  Duration limit = std::chrono::seconds(object["spec"]["progressDeadlineSeconds"].as_int(600));
  auto child = child_of(object, around);
  std::string next = child ? fmt::format("Because: {}", child->sentence) : or_roll_back("Look at its pods", around);
  return Reason{
      {},
      fmt::format("The rollout of {} made no progress for {}: {} of {} pods are ready.", name_of(object),
                  spoken(limit), object["status"]["readyReplicas"].as_int(), object["spec"]["replicas"].as_int(1)),
      next,
      "Roll back",
      "ProgressDeadlineExceeded",
      {}};
}

std::optional<Reason> job_failed(const Value& object, const Surroundings& around) {
  const Value& failed = condition(object, "Failed");
  if (failed["status"].as_string() != "True") return std::nullopt;
  std::string_view phase = annotation_of(object, "argocd.argoproj.io/hook");
  std::string stopped = phase.empty() ? "" : fmt::format("; the sync stopped in phase {}", phase);
  int64_t tries = object["status"]["failed"].as_int();
  std::string sentence =
      failed["reason"].as_string() == "DeadlineExceeded"
          ? fmt::format("{} did not end within its deadline{}.", name_of(object), stopped)
          : fmt::format("{} failed after {} {}{}.", name_of(object), tries, tries == 1 ? "try" : "tries", stopped);
  auto child = child_of(object, around);
  return Reason{
      {}, sentence, child ? child->next_step : "Look at the logs of the last run.", "Logs", failed["reason"].str(),
      {}};
}

}  // namespace taut::reason
