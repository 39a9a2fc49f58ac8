// Any text as an access policy, as keys of argocd-cm and as the paths of an annotation: read and asked, or refused.
#include "dialect/argo/parameters.hh"
#include "dialect/argo/rbac.hh"
#include "dialect/argo/refresh_paths.hh"
#include "dialect/argo/settings.hh"

using namespace taut;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  for (auto mode : {argo::MatchMode::kGlob, argo::MatchMode::kRegex})
    if (auto policy = argo::Policy::parse(text)) (void)argo::Enforcer(*policy, mode, "role:a").allows({"a", "logs", "get", text});
  Value keys = Value::map();
  for (const char* key : {"resource.customizations", "resource.customizations.knownTypeFields.apps_Deployment", "resource.exclusions",
                          "resource.compareoptions", "controller.status.processors", "timeout.reconciliation"})
    keys.set(key, text);
  Value map = Value::map({{"data", keys}});
  argo::Settings settings = argo::read_settings(map);
  (void)settings.normalizer->normalize(Value::map({{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"spec", map}}));
  (void)argo::read_parameters(map, map);
  Value application = Value::map();
  application.edit("metadata").edit("annotations").set(argo::kGeneratePathsAnnotation, text);
  auto paths = argo::refresh_paths(application, Value::map({{"path", "a/b"}}));
  std::string changed[] = {text, "a/b/c"};
  (void)argo::files_concern(paths, changed);
  return 0;
}
