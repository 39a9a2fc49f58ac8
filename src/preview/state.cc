#include "preview/state.hh"

#include "preview/snapshot.hh"

namespace taut::preview {
namespace {

const Value kNone;

const Value& controller_of(const Value& object) {
  for (const Value& owner : object["metadata"]["ownerReferences"].items())
    if (owner["controller"].as_bool()) return owner;
  return kNone;
}

}  // namespace

bool serves(const Value& pod) {
  std::string_view phase = pod["status"]["phase"].as_string();
  return phase != "Succeeded" && phase != "Failed" && !pod["metadata"].contains("deletionTimestamp");
}

State::State(std::vector<Value> objects, std::vector<Value> events) : events_(std::move(events)) {
  for (Value& object : objects) {
    ObjectId id = ObjectId::of(object);
    by_uid_.emplace(object["metadata"]["uid"].str(), id);
    objects_.insert_or_assign(std::move(id), std::move(object));
  }
}

Result<State> State::read(Cluster& cluster) {
  TAUT_ASSIGN(Snapshot snapshot, read_cluster(cluster, {}));
  for (const auto& trouble : snapshot.troubles) return fail(Code::kInternal, "reading the copy: {}: {}", trouble.place, trouble.message);
  TAUT_ASSIGN(ObjectList events, cluster.list({"", "v1", "Event"}, {}));
  return State(std::move(snapshot.objects), std::move(events.items));
}

const Value& State::find(const ObjectId& id) const {
  auto found = objects_.find(id);
  return found == objects_.end() ? kNone : found->second;
}

const Value& State::by_uid(const std::string& uid) const {
  auto found = by_uid_.find(uid);
  return found == by_uid_.end() ? kNone : find(found->second);
}

const Value& State::root_of(const Value& object) const {
  constexpr int kLongestChain = 10;
  const Value* at = &object;
  for (int i = 0; i < kLongestChain; ++i) {
    const Value& owner = by_uid(controller_of(*at)["uid"].str());
    if (owner.is_null()) break;
    at = &owner;
  }
  return *at;
}

std::vector<Value> State::pods_of(const ObjectId& root) const {
  std::vector<Value> out;
  for (const auto& [id, object] : objects_)
    if (id.kind == "Pod" && id.group.empty() && serves(object) && ObjectId::of(root_of(object)) == root) out.push_back(object);
  return out;
}

std::vector<Value> State::events_of(const ObjectId& root) const {
  std::vector<Value> out;
  for (const Value& event : events_) {
    const Value& about = by_uid(event["involvedObject"]["uid"].str());
    if (!about.is_null() && ObjectId::of(root_of(about)) == root) out.push_back(event);
  }
  return out;
}

}  // namespace taut::preview
