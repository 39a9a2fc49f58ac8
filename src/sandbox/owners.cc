#include "sandbox/owners.hh"

#include "base/strings.hh"
#include "sandbox/custom.hh"

namespace taut::sandbox {

smd::KindInfo smd_kind(const Cluster& cluster, const Resource& resource, std::string_view subresource) {
  std::string api_version = resource.gvk().api_version();
  if (!resource.custom)
    if (auto kind = smd::builtin_kind(api_version, resource.info.kind, subresource)) {
      const Registry* registry = &cluster.registry;
      bool views = resource.info.kind == "HorizontalPodAutoscaler" || resource.info.kind == "Event";
      if (views)
        kind->convert = [registry](const Value& object, std::string_view version) -> Result<Value> {
          ResourcePtr from = registry->find_kind(Gvk::of(object));
          ResourcePtr to = registry->find_kind(Gvk::parse(version, object["kind"].as_string()));
          if (!from || !to) return fail(Code::kNotFound, "no version {}", version);
          return to_version(*to, to_stored(*from, object));
        };
      return *kind;
    }
  smd::KindInfo out;
  out.api_version = api_version;
  out.kind = resource.info.kind;
  std::string group = resource.info.group, kind = resource.info.kind;
  const Registry* registry = &cluster.registry;
  // Types live as long as some version holds them: `keep` has the ones that were asked for.
  auto keep = std::make_shared<std::vector<ResourcePtr>>();
  out.type = [=](std::string_view version) -> const schema::Type* {
    ResourcePtr found = registry->find_kind(Gvk::parse(version, kind));
    if (!found || !found->custom) return nullptr;
    keep->push_back(found);
    return &found->custom->type();
  };
  bool has_status = resource.custom && resource.custom->has_status();
  out.reset = smd::reset_fields(group, kind, subresource, has_status);
  return out;
}

Result<ItemPtr> put_tracked(Cluster& cluster, const StoreKey& key, const ItemPtr& item, Value object, const std::string& manager,
                            const std::string& subresource) {
  ResourcePtr resource = cluster.registry.find_kind(Gvk::of(object));
  if (resource)
    object = smd::update(smd_kind(cluster, *resource, subresource), item->object(), {object, manager, subresource, cluster.now()});
  return cluster.store.put(key, std::move(object), item->revision());
}

namespace {

// Removes f:spec/f:replicas and what that leaves empty; false when it was not there.
bool drop_path(Value& fields, std::span<const std::string> path) {
  if (!fields.contains(path[0])) return false;
  if (path.size() == 1) return fields.erase(path[0]);
  if (!drop_path(fields.edit(path[0]), path.subspan(1))) return false;
  if (fields[path[0]].empty()) fields.erase(path[0]);
  return true;
}

}  // namespace

void track_scale(Value& fresh, const Value& old, std::string_view replicas_path, const std::string& manager,
                 const std::string& api_version) {
  std::vector<std::string> path;
  for (std::string_view part : split(replicas_path.substr(1), '.')) path.push_back("f:" + std::string(part));
  Value kept = Value::list();
  bool held = false;
  for (Value entry : old["metadata"]["managedFields"].items()) {
    held = drop_path(entry.edit("fieldsV1"), path) || held;
    if (!entry["fieldsV1"].empty()) kept.push_back(std::move(entry));
  }
  if (!held) return;
  Value fields = Value::map();
  for (auto part = path.rbegin(); part != path.rend(); ++part) fields = Value::map({{*part, fields}});
  kept.push_back(Value::map({{"manager", manager}, {"operation", "Update"}, {"apiVersion", api_version}, {"fieldsType", "FieldsV1"},
                             {"fieldsV1", std::move(fields)}, {"subresource", "scale"}}));
  fresh.edit("metadata").set("managedFields", std::move(kept));
}

ApiError refusal_error(const smd::Refusal& refusal) {
  ApiError error{refusal.code, refusal.reason, refusal.message, {}};
  if (!refusal.causes.empty()) {
    Value causes = Value::list();
    for (const smd::Cause& cause : refusal.causes)
      causes.push_back(Value::map({{"reason", cause.reason}, {"message", cause.message}, {"field", cause.field}}));
    error.details = Value::map({{"causes", std::move(causes)}});
  }
  return error;
}

}  // namespace taut::sandbox
