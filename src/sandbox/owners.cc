#include "sandbox/owners.hh"

#include "sandbox/custom.hh"

namespace taut::sandbox {

smd::KindInfo smd_kind(const Cluster& cluster, const Resource& resource, std::string_view subresource) {
  std::string api_version = resource.gvk().api_version();
  if (!resource.custom)
    if (auto kind = smd::builtin_kind(api_version, resource.info.kind, subresource)) return *kind;
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
