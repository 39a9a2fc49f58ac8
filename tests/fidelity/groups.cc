#include "groups.hh"

#include <algorithm>
#include <array>

namespace taut::fidelity {
namespace {

// The name of a group of snippets, as a template argument.
template <size_t N>
struct Name {
  constexpr Name(const char (&text)[N]) { std::copy_n(text, N, characters); }
  char characters[N];
};

template <Name name>
Status helm_group(const Corpus& corpus, const std::string& file, Report& report) {
  return helm_templates(name.characters, corpus, file, report);
}

constexpr std::array kGroups = {
    Group{"argo/action_discovery", "argo/action_discovery.json", argo_action_discovery},
    Group{"argo/actions", "argo/actions.json", argo_actions},
    Group{"argo/appset_generator_cluster", "argo/appset_generator_cluster.json", argo_appset_generator},
    Group{"argo/appset_generator_git", "argo/appset_generator_git.json", argo_appset_generator},
    Group{"argo/appset_generator_list", "argo/appset_generator_list.json", argo_appset_generator},
    Group{"argo/appset_generator_matrix", "argo/appset_generator_matrix.json", argo_appset_generator},
    Group{"argo/appset_generator_merge", "argo/appset_generator_merge.json", argo_appset_generator},
    Group{"argo/appset_render", "argo/appset_render.json", argo_appset_render},
    Group{"argo/appset_replace", "argo/appset_replace.json", argo_appset_replace},
    Group{"argo/diff", "argo/diff.json", argo_diff},
    Group{"argo/diff_server_side", "argo/diff_server_side.json", argo_diff_server_side},
    Group{"argo/diff_structured_merge", "argo/diff_structured_merge.json", argo_diff_structured_merge},
    Group{"argo/diff_three_way", "argo/diff_three_way.json", argo_diff_three_way},
    Group{"argo/glob", "argo/glob.json", argo_glob},
    Group{"argo/health_known", "argo/health_lua.json", argo_health_known},
    Group{"argo/health_lua", "argo/health_lua.json", argo_health_lua},
    Group{"argo/health_native", "argo/health_native.json", argo_health},
    Group{"argo/ignore_normalizer", "argo/ignore_normalizer.json", argo_ignore_normalizer},
    Group{"argo/known_types", "argo/known_types.json", argo_known_types},
    Group{"argo/project_app_namespace", "argo/project_app_namespace.json", argo_project_app_namespace},
    Group{"argo/project_destination", "argo/project_destination.json", argo_project_destination},
    Group{"argo/project_resource", "argo/project_resource.json", argo_project_resource},
    Group{"argo/project_source", "argo/project_source.json", argo_project_source},
    Group{"argo/project_validate", "argo/project_validate.json", argo_project_validate},
    Group{"argo/rbac", "argo/rbac.json", argo_rbac},
    Group{"argo/rbac_validate", "argo/rbac_validate.json", argo_rbac_validate},
    Group{"argo/refresh_paths", "argo/refresh_paths.json", argo_refresh_paths},
    Group{"argo/sync_order", "argo/sync_order.json", argo_sync_order},
    Group{"argo/window_active", "argo/window_active.json", argo_window_active},
    Group{"argo/window_can_sync", "argo/window_can_sync.json", argo_window_can_sync},
    Group{"argo/window_matches", "argo/window_matches.json", argo_window_matches},
    Group{"argo/window_validate", "argo/window_validate.json", argo_window_validate},
    Group{"flux/envsubst-generated", "flux/envsubst/generated.json", flux_envsubst_generated},
    Group{"flux/envsubst-upstream", "flux/envsubst/upstream.json", flux_envsubst_upstream},
    Group{"flux/kustomize-build", "flux/kustomize-build/cases.json", flux_kustomize_build},
    Group{"flux/kustomize-build-text", "flux/kustomize-build/cases.json", flux_kustomize_build_text},
    Group{"flux/kstatus-generated", "flux/kstatus/generated.jsonl", flux_kstatus_generated},
    Group{"flux/kstatus-upstream", "flux/kstatus/upstream.json", flux_kstatus_upstream},
    Group{"flux/semver_parse", "flux/imagepolicy/semver_parse.json", flux_semver_parse},
    Group{"flux/semver_compare", "flux/imagepolicy/semver_compare.json", flux_semver_compare},
    Group{"flux/semver_constraint", "flux/imagepolicy/semver_constraint.json", flux_semver_constraint},
    Group{"helm/4.1", "helm/cases.jsonl", helm_cases_41},
    Group{"helm/4.2", "helm/cases-4.2.4.jsonl", helm_cases_42},
    Group{"helm/builtin", "helm/snippets.jsonl", helm_builtin},
    Group{"helm/cmp", "helm/snippets.jsonl", helm_group<"cmp">},
    Group{"helm/coalesce", "helm/snippets.jsonl", helm_coalesce},
    Group{"helm/date", "helm/snippets.jsonl", helm_group<"date">},
    Group{"helm/deps", "helm/snippets.jsonl", helm_deps},
    Group{"helm/exec", "helm/snippets.jsonl", helm_group<"exec">},
    Group{"helm/fn1", "helm/snippets.jsonl", helm_group<"fn1">},
    Group{"helm/fn2", "helm/snippets.jsonl", helm_group<"fn2">},
    Group{"helm/json", "helm/snippets.jsonl", helm_group<"json">},
    Group{"helm/num", "helm/snippets.jsonl", helm_group<"num">},
    Group{"helm/printf", "helm/snippets.jsonl", helm_group<"printf">},
    Group{"helm/regex", "helm/snippets.jsonl", helm_group<"regex">},
    Group{"helm/semver", "helm/snippets.jsonl", helm_group<"semver">},
    Group{"helm/toml", "helm/snippets.jsonl", helm_group<"toml">},
    Group{"helm/yaml", "helm/snippets.jsonl", helm_group<"yaml">},
    Group{"helm/yamlparse", "helm/snippets.jsonl", helm_group<"yamlparse">},
    Group{"helm/schema", "helm/snippets.jsonl", helm_schema},
    Group{"helm/strvals", "helm/snippets.jsonl", helm_strvals},
    Group{"kustomize", "kustomize/cases.jsonl", kustomize_build},
    Group{"real-kustomize", "real-kustomize/index.tsv", kustomize_real},
    Group{"kube/05-patch-strategic", "kube/cases/05-patch", kube_strategic},
    Group{"kube/06-ssa-merge", "kube/cases/06-ssa", kube_ssa},
};

}  // namespace

std::span<const Group> groups() { return kGroups; }

}  // namespace taut::fidelity
