// namePrefix and nameSuffix. Mirrors PrefixTransformer and SuffixTransformer of kustomize 5.8.1.
#include "kustomize/node_text.hh"
#include "kustomize/plugin.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

bool skipped(const Gvk& gvk) {
  return gvk.kind == "CustomResourceDefinition" || gvk.kind == "Namespace" ||
         (gvk.kind == "APIService" && gvk.group == "apiregistration.k8s.io");
}

struct Affix {
  std::string text;
  bool prefix;
};

Status apply_to(Resource& resource, const FieldSpecs& specs, const Affix& affix) {
  Gvk original = resource.original_id().gvk;
  if (skipped(original)) return {};
  FieldVisit visit;
  visit.create = FieldVisit::Create::kScalar;
  visit.change = [&](Value& node) {
    std::string old = node.is_null() ? std::string() : yaml::scalar_text(node);
    return set_plain(node, affix.prefix ? affix.text + old : old + affix.text);
  };
  for (const FieldSpec& spec : specs) {
    if (!spec.matches(original)) continue;
    if (spec.path == "metadata/name" && !affix.text.empty()) {
      (affix.prefix ? resource.prefixes : resource.suffixes).push_back(affix.text);
      resource.store_previous_id();
    }
    TAUT_TRY(visit_field(resource.object, resource.gvk(), spec, visit));
  }
  return {};
}

Result<Transform> configure(PluginConfig config, Affix affix) {
  if (!config.has_specs) return fail(Code::kInvalid, "fieldSpecs is not expected to be nil");
  return Transform([specs = std::move(config.specs), affix = std::move(affix)](ResMap& map) -> Status {
    for (Resource& resource : map) TAUT_TRY(apply_to(resource, specs, affix));
    map.changed();
    return {};
  });
}

}  // namespace

Result<Transform> configure_prefix(PluginConfig config, const PluginContext&) {
  std::string text = config.fields["prefix"].str();
  return configure(std::move(config), {std::move(text), true});
}

Result<Transform> configure_suffix(PluginConfig config, const PluginContext&) {
  std::string text = config.fields["suffix"].str();
  return configure(std::move(config), {std::move(text), false});
}

// The transformer of older releases: both in one.
Result<Transform> configure_prefix_suffix(PluginConfig config, const PluginContext& context) {
  TAUT_ASSIGN(Transform prefix, configure_prefix(config, context));
  TAUT_ASSIGN(Transform suffix, configure_suffix(std::move(config), context));
  return Transform([prefix = std::move(prefix), suffix = std::move(suffix)](ResMap& map) -> Status {
    TAUT_TRY(prefix(map));
    return suffix(map);
  });
}

}  // namespace taut::kustomize
