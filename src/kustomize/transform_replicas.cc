// replicas: a count for the workloads of a name. Mirrors ReplicaCountTransformer of kustomize 5.8.1.
#include <fmt/ranges.h>

#include "kustomize/node_text.hh"
#include "kustomize/plugin.hh"

namespace taut::kustomize {
namespace {

struct Setting {
  std::string name;
  int64_t count = 0;
  FieldSpecs specs;
};

bool selected(const Resource& resource, const Setting& setting, const FieldSpec& spec) {
  if (resource.empty()) return false;
  Gvk gvk = resource.gvk();
  if (resource.name() == setting.name && spec.matches(gvk)) return true;
  for (const PreviousId& before : resource.previous)
    if (before.name == setting.name && spec.matches({gvk.group, gvk.version, before.kind})) return true;
  return false;
}

Status run(const Setting& setting, ResMap& map) {
  bool found = false;
  FieldVisit visit;
  visit.create = FieldVisit::Create::kScalar;
  visit.change = [&](Value& node) { return set_integer(node, setting.count); };
  for (const FieldSpec& spec : setting.specs) {
    for (Resource& resource : map) {
      if (!selected(resource, setting, spec)) continue;
      found = true;
      TAUT_TRY(visit_field(resource.object, resource.gvk(), spec, visit));
    }
  }
  if (found) return {};
  std::vector<std::string> kinds;
  for (const FieldSpec& spec : setting.specs) kinds.push_back(gvk_text(spec.gvk));
  return fail(Code::kNotFound, "resource with name {} does not match a config with the following GVK [{}]", setting.name,
              fmt::join(kinds, " "));
}

}  // namespace

Result<Transform> configure_replicas(PluginConfig config, const PluginContext&) {
  const Value& replica = config.fields["replica"];
  Setting setting{replica["name"].str(), replica["count"].as_int(), std::move(config.specs)};
  return Transform([setting = std::move(setting)](ResMap& map) { return run(setting, map); });
}

}  // namespace taut::kustomize
