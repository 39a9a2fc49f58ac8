// labels, commonLabels and commonAnnotations: text entries of maps. Mirrors LabelTransformer and
// AnnotationsTransformer of kustomize 5.8.1.
#include "kustomize/node_text.hh"
#include "kustomize/plugin.hh"

namespace taut::kustomize {
namespace {

Status apply_to(Resource& resource, const FieldSpecs& specs, const Value& pairs, bool labels) {
  Gvk gvk = resource.gvk();
  for (const Entry& pair : pairs.entries()) {
    FieldVisit visit;
    visit.create = FieldVisit::Create::kMap;
    visit.wants = [&](const Value& node) { return !node.is_null() && !(node[pair.key()] == pair.value); };
    visit.change = [&](Value& node) -> Status {
      if (labels && !node.contains(pair.key())) TAUT_TRY(check_key(pair.key()));
      return set_entry(node, pair.key(), pair.value.as_string());
    };
    TAUT_TRY(visit_fields(resource.object, gvk, specs, visit));
  }
  return {};
}

Result<Transform> configure(PluginConfig config, std::string_view field) {
  return Transform([specs = std::move(config.specs), pairs = config.fields[field], labels = field == "labels"](ResMap& map) -> Status {
    for (Resource& resource : map) TAUT_TRY(apply_to(resource, specs, pairs, labels));
    return {};
  });
}

}  // namespace

Result<Transform> configure_labels(PluginConfig config, const PluginContext&) {
  return configure(std::move(config), "labels");
}

Result<Transform> configure_annotations(PluginConfig config, const PluginContext&) {
  return configure(std::move(config), "annotations");
}

}  // namespace taut::kustomize
