#include "dialect/argo/orphans.hh"

#include <fmt/format.h>

#include <algorithm>

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

OrphanCounter::OrphanCounter(const std::vector<HeldObject>& objects, OrphanPlace place, Exists exists)
    : place_(std::move(place)), exists_(std::move(exists)) {
  for (const HeldObject& object : objects)
    for (const std::string& owner : object.owners) children_[owner].push_back(&object);
  const Value& ignore = place_.project.value()["spec"]["orphanedResources"]["ignore"];
  Counted all;
  for (const HeldObject& object : objects) {
    const ObjectId& id = object.id;
    if (!object.owners.empty() || id.ns.empty()) continue;
    if (!place_.project.allows_kind(id.group, id.kind, id.name, true) || is_left_out(id, ignore)) continue;
    visit(object, {}, all);
    if (all.contains(&object)) roots_.emplace(id, &object);
  }
  all_ = all.size();
}

size_t OrphanCounter::count(const Value& resources) const {
  std::unordered_set<const HeldObject*> own;
  for (const Value& resource : resources.items()) {
    auto root = roots_.find({resource["group"].str(), resource["kind"].str(), resource["namespace"].str(), resource["name"].str()});
    if (root != roots_.end()) own.insert(root->second);
  }
  if (own.empty()) return all_;
  Counted counted;
  for (const auto& [id, root] : roots_)
    if (!own.contains(root)) visit(*root, {}, counted);
  return counted.size();
}

void OrphanCounter::visit(const HeldObject& object, const std::string& owners_application, Counted& counted) const {
  const std::string& application = object.application.empty() ? owners_application : object.application;
  if (!application.empty() && exists_(application)) return;
  const ObjectId& id = object.id;
  DestinationRef place{place_.destination.server, place_.destination.name, id.ns};
  if (!place_.project.allows_kind(id.group, id.kind, id.name, true) || !place_.project.allows_destination(place)) return;
  if (!counted.insert(&object).second) return;
  if (auto below = children_.find(object.uid); below != children_.end())
    for (const HeldObject* child : below->second) visit(*child, application, counted);
}

}  // namespace taut::argo
