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

// What was said when its pods were refused: in the condition, or where a kind has none in the event.
std::string_view refusal(const Value& object, const Surroundings& around) {
  const Value& failure = condition(object, "ReplicaFailure");
  if (failure["status"].as_string() == "True") return failure["message"].as_string();
  bool tells = object["kind"].as_string() == "ReplicaSet" || object["kind"].as_string() == "Deployment";
  return tells ? std::string_view() : event_with(object, around, "FailedCreate")["message"].as_string();
}

std::string raw_refusal(const Value& object) { return condition(object, "ReplicaFailure")["reason"].str().empty() ? "FailedCreate" : condition(object, "ReplicaFailure")["reason"].str(); }

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
  int64_t pods = refused_pods(object);
  auto found = said_by_quota(refusal(object, around), namespace_of(object), fmt::format("{} {} refused", pods, pods == 1 ? "pod was" : "pods were"), around);
  if (found) found->raw = raw_refusal(object);
  return found;
}

std::optional<Reason> refused(const Value& object, const Surroundings& around) {
  auto found = said_by_policy(refusal(object, around), fmt::format("pods of {}", name_of(object)), around);
  if (found) found->raw = raw_refusal(object);
  return found;
}

std::optional<Reason> unanswered(const Value& object, const Surroundings& around) {
  auto found = said_of_webhook(refusal(object, around));
  if (found) found->raw = raw_refusal(object);
  return found;
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
