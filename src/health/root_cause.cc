#include "health/root_cause.hh"

#include <fmt/format.h>

#include "object/id.hh"

namespace taut {
namespace {

constexpr int kDeepest = 8;  // owners in a ring must not hang a search

std::string subject(std::string_view kind, std::string_view ns, std::string_view name) { return fmt::format("{}/{}/{}", kind, ns, name); }

bool ended(const Value& pod) {
  std::string_view phase = pod["status"]["phase"].as_string();
  return phase == "Succeeded" || pod["metadata"].contains("deletionTimestamp");
}

// Old ReplicaSets and what is on its way out explain nothing.
bool at_rest(const Value& object) {
  auto health = judge(object, Judgement::kArgo);
  bool empty_set = object["kind"].as_string() == "ReplicaSet" && object["spec"]["replicas"].as_int(1) == 0;
  return empty_set || ended(object) || (health && (health->state == HealthState::kHealthy || health->state == HealthState::kSuspended));
}

struct Found {
  Reason reason;
  int depth;
};

std::optional<Found> deepest(const Value& object, const Family& family, const Surroundings& around, int depth) {
  std::optional<Found> best;
  if (depth < kDeepest) {
    for (const Value* child : family.children_of(object)) {
      if (at_rest(*child)) continue;
      auto found = deepest(*child, family, around, depth + 1);
      if (found && (!best || found->depth > best->depth)) best = std::move(found);
    }
  }
  if (best) return best;
  Surroundings own = around;
  // A pod alone speaks for itself; the rules count among all pods of the root.
  if (depth > 0 && object["kind"].as_string() != "Pod") own.pods.clear();
  auto reason = explain(object, own);
  if (!reason) return std::nullopt;
  return Found{std::move(*reason), depth};
}

}  // namespace

Family::Family(std::vector<Value> objects, std::vector<Value> events, std::vector<Value> related)
    : objects_(std::move(objects)), events_(std::move(events)), related_(std::move(related)) {
  for (size_t i = 0; i < objects_.size(); ++i)
    for (const Value& owner : objects_[i]["metadata"]["ownerReferences"].items()) by_owner_[owner["uid"].str()].push_back(i);
  for (size_t i = 0; i < events_.size(); ++i) {
    const Value& about = events_[i]["involvedObject"];
    by_subject_[subject(about["kind"].as_string(), about["namespace"].as_string(), about["name"].as_string())].push_back(i);
  }
}

std::vector<const Value*> Family::children_of(const Value& object) const {
  std::vector<const Value*> out;
  auto at = by_owner_.find(object["metadata"]["uid"].str());
  if (at == by_owner_.end() || at->first.empty()) return out;
  for (size_t index : at->second) out.push_back(&objects_[index]);
  return out;
}

std::vector<Value> Family::pods_of(const Value& object) const {
  std::vector<Value> out;
  add_pods(object, 0, out);
  return out;
}

void Family::add_pods(const Value& object, int depth, std::vector<Value>& out) const {
  if (object["kind"].as_string() == "Pod" && !ended(object)) out.push_back(object);
  if (depth == kDeepest) return;
  for (const Value* child : children_of(object)) add_pods(*child, depth + 1, out);
}

std::vector<Value> Family::events_of(const Value& object) const {
  std::vector<Value> out;
  add_events(object, 0, out);
  return out;
}

void Family::add_events(const Value& object, int depth, std::vector<Value>& out) const {
  auto at = by_subject_.find(subject(object["kind"].as_string(), namespace_of(object), name_of(object)));
  if (at != by_subject_.end())
    for (size_t index : at->second) out.push_back(events_[index]);
  if (depth == kDeepest) return;
  for (const Value* child : children_of(object)) add_events(*child, depth + 1, out);
}

std::optional<Reason> root_cause(const Value& object, const Family& family, const Surroundings& base) {
  Surroundings around = base;
  around.pods = family.pods_of(object);
  around.events = family.events_of(object);
  around.related = family.related();
  // Claims that its pods wait for have events of their own.
  for (const Value& item : family.related())
    if (item["kind"].as_string() == "PersistentVolumeClaim")
      for (Value& event : family.events_of(item)) around.events.push_back(std::move(event));
  auto found = deepest(object, family, around, 0);
  if (!found) return std::nullopt;
  return std::move(found->reason);
}

}  // namespace taut
