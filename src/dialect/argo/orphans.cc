#include "dialect/argo/orphans.hh"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/strings.hh"
#include "dialect/argo/tracking.hh"
#include "lang/glob/glob.hh"

namespace taut::argo {
namespace {

constexpr std::string_view kAccountUid = "kubernetes.io/service-account.uid";

// What every namespace has, and what the project leaves out (isKnownOrphanedResourceExclusion).
bool is_left_out(const ObjectId& id, const Value& ignore) {
  bool core = id.group.empty();
  if (core && id.kind == "Service" && id.ns == "default" && id.name == "kubernetes") return true;
  if (core && id.kind == "ServiceAccount" && id.name == "default") return true;
  if (core && id.kind == "ConfigMap" && id.name == "kube-root-ca.crt") return true;
  auto matches = [](const Value& pattern, std::string_view text) { return pattern.empty() || glob_matches(pattern.as_string(), text); };
  return std::ranges::any_of(ignore.items(), [&](const Value& rule) {
    return matches(rule["kind"], id.kind) && glob_matches(rule["group"].as_string(), id.group) && matches(rule["name"], id.name);
  });
}

// "data-web-0" of the template "data" and the StatefulSet "web".
bool made_by(const Value& stateful_set, const ObjectId& claim) {
  if (claim.ns != namespace_of(stateful_set)) return false;
  for (const Value& one : stateful_set["spec"]["volumeClaimTemplates"].items()) {
    std::string before = fmt::format("{}-{}-", name_of(one), name_of(stateful_set));
    std::string_view rest = claim.name;
    if (!rest.starts_with(before)) continue;
    rest.remove_prefix(before.size());
    if (!rest.empty() && rest.find_first_not_of("0123456789") == std::string_view::npos) return true;
  }
  return false;
}

class Counter {
 public:
  Counter(const std::vector<HeldObject>& objects, const OrphanQuestion& question, const std::function<bool(const std::string&)>& exists)
      : objects_(objects), question_(question), exists_(exists) {
    for (const HeldObject& object : objects)
      for (const std::string& owner : object.owners) children_[owner].push_back(&object);
    for (const Value& resource : question.resources.items())
      own_.insert({resource["group"].str(), resource["kind"].str(), resource["namespace"].str(), resource["name"].str()});
  }

  size_t count() {
    const Value& ignore = question_.project.value()["spec"]["orphanedResources"]["ignore"];
    for (const HeldObject& object : objects_) {
      const ObjectId& id = object.id;
      if (!object.owners.empty() || id.ns.empty() || own_.contains(id)) continue;
      if (question_.project.allows_kind(id.group, id.kind, id.name, true) && !is_left_out(id, ignore)) visit(object, {});
    }
    return counted_.size();
  }

 private:
  void visit(const HeldObject& object, const std::string& owners_application) {
    const std::string& application = object.application.empty() ? owners_application : object.application;
    if (!application.empty() && exists_(application)) return;
    const ObjectId& id = object.id;
    DestinationRef place{question_.destination.server, question_.destination.name, id.ns};
    if (!question_.project.allows_kind(id.group, id.kind, id.name, true) || !question_.project.allows_destination(place)) return;
    if (!counted_.insert(&object).second) return;
    if (auto below = children_.find(object.uid); below != children_.end())
      for (const HeldObject* child : below->second) visit(*child, application);
  }

  const std::vector<HeldObject>& objects_;
  const OrphanQuestion& question_;
  const std::function<bool(const std::string&)>& exists_;
  std::unordered_map<std::string_view, std::vector<const HeldObject*>> children_;
  std::unordered_set<ObjectId> own_;
  std::unordered_set<const HeldObject*> counted_;
};

}  // namespace

HeldObject held_object(const Gvk& gvk, const Value& object, const std::string& label_key) {
  HeldObject out;
  out.id = {gvk.group, gvk.kind, std::string(namespace_of(object)), std::string(name_of(object))};
  out.uid = object["metadata"]["uid"].str();
  for (const Value& owner : object["metadata"]["ownerReferences"].items()) out.owners.push_back(owner["uid"].str());
  std::string_view mark = annotation_of(object, kTrackingAnnotation);
  out.application = mark.substr(0, mark.find(':'));
  if (out.application.empty() && !label_key.empty()) out.application = label_of(object, label_key);
  // The token of a service account is its child.
  std::string_view account = annotation_of(object, kAccountUid);
  if (gvk.group.empty() && gvk.kind == "Secret" && !account.empty()) out.owners.emplace_back(account);
  return out;
}

void adopt_claims(std::vector<HeldObject>& objects, const std::vector<Value>& stateful_sets) {
  for (HeldObject& object : objects) {
    if (object.id.kind != "PersistentVolumeClaim" || !object.id.group.empty()) continue;
    auto maker = std::ranges::find_if(stateful_sets, [&](const Value& set) { return made_by(set, object.id); });
    if (maker != stateful_sets.end()) object.owners.push_back((*maker)["metadata"]["uid"].str());
  }
}

bool warns_of_orphans(const Value& project) {
  const Value& orphaned = project["spec"]["orphanedResources"];
  return orphaned.is_map() && orphaned["warn"].as_bool(true);
}

size_t count_orphans(const std::vector<HeldObject>& objects, const OrphanQuestion& question, const std::function<bool(const std::string&)>& exists) {
  return Counter(objects, question, exists).count();
}

}  // namespace taut::argo
