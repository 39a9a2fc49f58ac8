#include <map>

#include "health/health.hh"
#include "health/root_cause.hh"
#include "preview/effects.hh"

namespace taut::preview {
namespace {

// What the worst object of a group says for all of it.
struct Verdict {
  Health health;
  ObjectId seen_on;
};
using Verdicts = std::map<ObjectId, Verdict>;

bool is_bad(HealthState state) { return state != HealthState::kHealthy && state != HealthState::kSuspended; }

// Kinds that wait for what is outside of the cluster.
bool depends_on_the_outside(const ObjectId& id, const Value& object) {
  if (id.group.empty() && id.kind == "Service") return object["spec"]["type"].as_string() == "LoadBalancer";
  return id.kind == "Ingress" || id.kind == "HorizontalPodAutoscaler" || id.kind == "APIService";
}

// A claim that is bound when a pod first uses it waits for good reason.
bool waits_for_consumer(const State& state, const ObjectId& id, const Value& claim) {
  if (!id.group.empty() || id.kind != "PersistentVolumeClaim") return false;
  const Value& used = state.find({"storage.k8s.io", "StorageClass", "", claim["spec"]["storageClassName"].str()});
  return used["volumeBindingMode"].as_string() == "WaitForFirstConsumer";
}

bool is_judged(const State& state, const ObjectId& id, const Value& object) {
  if (id.group == "argoproj.io" && (id.kind == "Application" || id.kind == "ApplicationSet")) return false;
  if (object["metadata"].contains("deletionTimestamp")) return false;
  if (id.group.empty() && id.kind == "Pod" && !serves(object)) return false;
  return !depends_on_the_outside(id, object) && !waits_for_consumer(state, id, object);
}

Verdicts verdicts(const State& state) {
  Verdicts out;
  for (const auto& [id, object] : state.objects()) {
    if (!is_judged(state, id, object)) continue;
    auto health = judge(object, Judgement::kArgo);
    if (!health) continue;
    ObjectId root = ObjectId::of(state.root_of(object));
    auto [at, first] = out.try_emplace(root, Verdict{*health, id});
    // The root speaks for the group unless only a part of it is bad.
    bool worse = is_bad(health->state) && !is_bad(at->second.health.state);
    if (!first && (worse || (id == root && is_bad(health->state)))) at->second = {*health, id};
  }
  return out;
}

// Who owns whom in the copy, and what rules look up by name.
Family family_of(const State& state) {
  std::vector<Value> objects, related;
  for (const auto& [id, object] : state.objects()) {
    objects.push_back(object);
    if (id.kind == "PersistentVolumeClaim" || id.kind == "StorageClass" || id.kind == "ConfigMap") related.push_back(object);
  }
  return Family(std::move(objects), state.events(), std::move(related));
}

Breakage breakage(const State& state, const Family& family, const ObjectId& id, const Verdict& verdict, const std::string& revision) {
  Breakage out;
  out.object = id;
  out.after = health_name(verdict.health.state);
  out.sentence = verdict.health.message;
  if (verdict.seen_on != id) out.seen_on = shown(verdict.seen_on);
  auto reason = root_cause(state.find(id), family, {.previous_revision = revision});
  if (!reason) return out;
  out.sentence = reason->sentence;
  out.next_step = reason->next_step;
  out.raw = reason->raw;
  if (reason->object != fmt::format("{} {}", id.kind, id.name)) out.seen_on = reason->object;
  return out;
}

// How many ready endpoints each Service has.
std::map<ObjectId, size_t> endpoints(const State& state) {
  std::map<ObjectId, size_t> out;
  for (const auto& [id, object] : state.objects()) {
    if (id.group != "discovery.k8s.io" || id.kind != "EndpointSlice") continue;
    size_t& count = out[{"", "Service", id.ns, std::string(label_of(object, "kubernetes.io/service-name"))}];
    for (const Value& endpoint : object["endpoints"].items()) count += endpoint["conditions"]["ready"].as_bool(true) ? 1 : 0;
  }
  return out;
}

// What its selector matches, and what it may have meant.
std::string selector_words(const State& state, const Value& service) {
  Surroundings around;
  for (const auto& [id, object] : state.objects())
    if (id.kind == "Pod" && id.group.empty()) around.related.push_back(object);
  auto reason = explain(service, around);
  return reason && reason->name == "selects-nothing" ? reason->next_step : "Compare its selector with the labels of the pods.";
}

void add_silent_services(const State& before, const State& after, std::vector<Breakage>& out) {
  auto later = endpoints(after);
  for (const auto& [id, count] : endpoints(before)) {
    const Value& service = after.find(id);
    if (count == 0 || later[id] != 0 || service.is_null() || service["spec"]["selector"].empty()) continue;
    out.push_back({id, "Healthy", "Degraded", fmt::format("No pod answers for Service {} any more; it had {}.", id.name, count == 1 ? "one" : std::to_string(count)),
                   selector_words(after, service), "no ready endpoints", ""});
  }
}

}  // namespace

HealthChanges health_changes(const State& before, const State& after, const std::string& revision) {
  HealthChanges out;
  Verdicts earlier = verdicts(before);
  Family family = family_of(after);
  for (const auto& [id, verdict] : verdicts(after)) {
    auto was = earlier.find(id);
    bool was_bad = was != earlier.end() && is_bad(was->second.health.state);
    if (!is_bad(verdict.health.state)) {
      if (was_bad) out.healed.push_back(id);
      continue;
    }
    Breakage found = breakage(after, family, id, verdict, revision);
    if (was != earlier.end()) found.before = health_name(was->second.health.state);
    (was_bad ? out.broken_before : out.broken).push_back(std::move(found));
  }
  add_silent_services(before, after, out.broken);
  size_t outside = 0;
  for (const auto& [id, object] : after.objects()) outside += depends_on_the_outside(id, object) && before.find(id).is_null() ? 1 : 0;
  if (outside != 0) out.notes.push_back(fmt::format("{} new objects wait for what a copy has not (load balancers, metrics); their health is not judged", outside));
  return out;
}

}  // namespace taut::preview
