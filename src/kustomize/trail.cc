#include "kustomize/trail.hh"

namespace taut::kustomize {
namespace {

struct Row {
  std::string_view plugin, field;
};
constexpr Row kFields[] = {
    {"AnnotationsTransformer", "commonAnnotations"},
    {"ConfigMapGenerator", "configMapGenerator"},
    {"HelmChartInflationGenerator", "helmCharts"},
    {"ImageTagTransformer", "images"},
    {"LabelTransformer", "labels"},
    {"NamespaceTransformer", "namespace"},
    {"PatchJson6902Transformer", "patchesJson6902"},
    {"PatchStrategicMergeTransformer", "patchesStrategicMerge"},
    {"PatchTransformer", "patches"},
    {"PrefixTransformer", "namePrefix"},
    {"ReplacementTransformer", "replacements"},
    {"ReplicaCountTransformer", "replicas"},
    {"SecretGenerator", "secretGenerator"},
    {"SuffixTransformer", "nameSuffix"},
};

void note(Resource& resource, const Cause& cause) {
  if (resource.trail && resource.trail->object.same(resource.object)) return;
  if (resource.trail && resource.trail->object == resource.object) return;
  auto step = std::make_shared<Trail>();
  step->before = std::move(resource.trail);
  step->cause = cause;
  step->object = resource.object;
  resource.trail = std::move(step);
}

}  // namespace

void note_change(ResMap& resources, const Cause& cause) {
  for (Resource& resource : resources.resources()) note(resource, cause);
}

void note_read(ResMap& resources) {
  for (Resource& resource : resources.resources()) {
    Cause cause;
    cause.file = resource.file;
    cause.line = resource.line;
    note(resource, cause);
  }
}

std::string_view field_of_plugin(std::string_view kind) {
  for (const Row& row : kFields)
    if (row.plugin == kind) return row.field;
  return {};
}

}  // namespace taut::kustomize
