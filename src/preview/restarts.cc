#include <map>

#include "preview/effects.hh"
#include "value/diff.hh"
#include "value/json.hh"

namespace taut::preview {
namespace {

constexpr size_t kLongestValue = 100;

bool is_pod(const ObjectId& id) { return id.kind == "Pod" && id.group.empty(); }
bool runs_to_its_end(const ObjectId& id) { return id.group == "batch"; }

std::string shown(const std::optional<Value>& value) {
  std::string text = value ? to_json(*value) : "(none)";
  if (text.size() > kLongestValue) text = text.substr(0, kLongestValue - 3) + "...";
  return text;
}

std::vector<std::string> template_changes(const Value& before, const Value& after) {
  std::vector<std::string> out;
  for (const Change& change : diff(before["spec"]["template"], after["spec"]["template"]))
    out.push_back(fmt::format("{}: {} -> {}", change.path, shown(change.before), shown(change.after)));
  return out;
}

bool is_ready(const Value& pod) {
  for (const Value& condition : pod["status"]["conditions"].items())
    if (condition["type"].as_string() == "Ready") return condition["status"].as_string() == "True";
  return false;
}

// The pods that serve, by the workload that they belong to.
std::map<ObjectId, std::vector<Value>> pods_by_root(const State& state) {
  std::map<ObjectId, std::vector<Value>> out;
  for (const auto& [id, object] : state.objects())
    if (is_pod(id) && serves(object)) out[ObjectId::of(state.root_of(object))].push_back(object);
  return out;
}

bool keeps_pods_until_deleted(const Value& workload) { return workload["spec"]["updateStrategy"]["type"].as_string() == "OnDelete"; }

std::string note_of(const Restart& restart, const Value& workload, size_t wanted) {
  if (restart.replaced == 0 && keeps_pods_until_deleted(workload)) return "OnDelete: its pods keep the old template until somebody deletes them";
  if (workload["spec"]["paused"].as_bool()) return "it is paused: nothing rolls until it is resumed";
  if (restart.ready < std::min(restart.pods, wanted)) return "the rollout does not come to its end";
  return {};
}

}  // namespace

std::vector<Restart> restarts(const State& before, const State& after) {
  std::vector<Restart> out;
  auto later = pods_by_root(after);
  for (const auto& [id, pods] : pods_by_root(before)) {
    const Value& workload = after.find(id);
    if (workload.is_null() || runs_to_its_end(id)) continue;
    Restart restart;
    restart.workload = id;
    restart.pods = pods.size();
    for (const Value& pod : pods) restart.replaced += after.by_uid(pod["metadata"]["uid"].str()).is_null() ? 1 : 0;
    if (!is_pod(id)) restart.why = template_changes(before.find(id), workload);
    for (const Value& pod : later[id])
      restart.ready += before.by_uid(pod["metadata"]["uid"].str()).is_null() && is_ready(pod) ? 1 : 0;
    bool fewer = later[id].size() < pods.size() && restart.why.empty();
    if (fewer || (restart.replaced == 0 && restart.why.empty())) continue;
    restart.note = note_of(restart, workload, later[id].size());
    out.push_back(std::move(restart));
  }
  return out;
}

std::vector<Removal> removals(const State& before, const State& after, const std::set<ObjectId>& pruned) {
  std::vector<Removal> out;
  for (const auto& [id, object] : before.objects()) {
    const Value& later = after.find(id);
    bool gone = later.is_null() || (later["metadata"].contains("deletionTimestamp") && !object["metadata"].contains("deletionTimestamp"));
    if (!gone) continue;
    bool own = pruned.contains(id);
    ObjectId root = ObjectId::of(before.root_of(object));
    if (!own && root != id && !after.find(root).is_null()) continue;
    Removal removal{id, own, {}};
    if (id.group.empty() && id.kind == "PersistentVolumeClaim") removal.loss = "its data";
    if (id.group.empty() && id.kind == "Namespace") removal.loss = "everything in it";
    if (id.kind == "CustomResourceDefinition") removal.loss = "every object of its kind";
    out.push_back(std::move(removal));
  }
  return out;
}

}  // namespace taut::preview
