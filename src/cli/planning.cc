#include "cli/planning.hh"

#include "plan/compare.hh"
#include "plan/kept.hh"

namespace taut::cli {
namespace {

// The kinds served, and those that the objects themselves define.
class Scopes {
 public:
  Scopes(const Discovery& discovery, const render::Rendered& rendered) : discovery_(discovery) {
    for (const auto& item : rendered.objects)
      if (item.object["kind"].as_string() == "CustomResourceDefinition") definitions_.push_back(item.object["spec"]);
  }

  bool served(const Gvk& gvk) const { return discovery_.find(gvk) != nullptr; }

  bool namespaced(const Gvk& gvk) const {
    if (const ApiResource* resource = discovery_.find(gvk)) return resource->namespaced;
    for (const Value& spec : definitions_)
      if (spec["group"].as_string() == gvk.group && spec["names"]["kind"].as_string() == gvk.kind)
        return spec["scope"].as_string() != "Cluster";
    return true;
  }

 private:
  const Discovery& discovery_;
  std::vector<Value> definitions_;
};

Value place(Value object, const Scopes& scopes, const std::string& ns) {
  bool namespaced = scopes.namespaced(Gvk::of(object));
  bool has = !namespace_of(object).empty();
  if (!namespaced && has) object.edit("metadata").erase("namespace");
  if (namespaced && !has) object.edit("metadata").set("namespace", ns);
  return object;
}

// The live object, or null when there is none or its kind is not served yet.
Result<Value> fetch(Cluster& cluster, const Scopes& scopes, const Gvk& gvk, const ObjectId& id) {
  if (id.name.empty() || !scopes.served(gvk)) return Value();
  auto live = cluster.get({gvk, id.ns, id.name});
  if (live || live.error().code() != Code::kNotFound) return live;
  return Value();
}

Result<std::vector<plan::Pair>> pair_up(Cluster& cluster, const Scopes& scopes, render::Rendered rendered) {
  std::vector<plan::Pair> pairs;
  for (auto& item : rendered.objects) {
    TAUT_ASSIGN(Value live, fetch(cluster, scopes, Gvk::of(item.object), ObjectId::of(item.object)));
    Value desired = plan::normalized(std::move(item.object));
    if (!live.is_null() && !item.generated.empty()) desired = plan::with_kept(std::move(desired), live, item.generated);
    pairs.push_back({std::move(desired), std::move(live)});
  }
  return pairs;
}

}  // namespace

WriteRequest apply_request(const Value& object, const std::string& manager, bool dry_run) {
  WriteRequest request;
  request.verb = WriteVerb::kApply;
  request.ref = {Gvk::of(object), std::string(namespace_of(object)), std::string(name_of(object))};
  request.body = object;
  request.field_manager = manager;
  request.force = true;
  request.dry_run = dry_run;
  return request;
}

Result<plan::Plan> plan_objects(Cluster& cluster, render::Rendered rendered, const std::string& ns, const std::string& manager) {
  TAUT_ASSIGN(Discovery discovery, cluster.discover());
  Scopes scopes(discovery, rendered);
  for (auto& item : rendered.objects) item.object = place(std::move(item.object), scopes, ns);
  TAUT_ASSIGN(auto pairs, pair_up(cluster, scopes, std::move(rendered)));
  plan::BuildOptions options;
  options.compare = [&](const Value& desired, const Value& live) {
    auto changes = plan::compare(desired, live, {.manager = manager});
    if (changes.empty()) return changes;
    // The server says how it would write it: "1000m" as "1" is no change.
    auto tried = cluster.write(apply_request(desired, manager, /*dry_run=*/true));
    return tried ? plan::compare(desired, live, {.manager = manager, .baseline = tried->object}) : changes;
  };
  return plan::build(pairs, options);
}

}  // namespace taut::cli
