// The groups of the corpus that are held against an engine in this process, one row each.
#pragma once

#include <span>

#include "corpus.hh"
#include "report.hh"

namespace taut::fidelity {

// `run` reads its cases from `file` (or folder) and reports each. An error means that the file itself cannot be
// used.
struct Group {
  std::string_view name;
  std::string_view file;
  Status (*run)(const Corpus& corpus, const std::string& file, Report& report);
};

std::span<const Group> groups();

Status argo_action_discovery(const Corpus& corpus, const std::string& file, Report& report);
Status argo_actions(const Corpus& corpus, const std::string& file, Report& report);
Status argo_appset_generator(const Corpus& corpus, const std::string& file, Report& report);
Status argo_appset_render(const Corpus& corpus, const std::string& file, Report& report);
Status argo_appset_replace(const Corpus& corpus, const std::string& file, Report& report);
Status argo_diff(const Corpus& corpus, const std::string& file, Report& report);
Status argo_diff_server_side(const Corpus& corpus, const std::string& file, Report& report);
Status argo_diff_structured_merge(const Corpus& corpus, const std::string& file, Report& report);
Status argo_diff_three_way(const Corpus& corpus, const std::string& file, Report& report);
Status argo_glob(const Corpus& corpus, const std::string& file, Report& report);
Status argo_health_known(const Corpus& corpus, const std::string& file, Report& report);
Status argo_health_lua(const Corpus& corpus, const std::string& file, Report& report);
Status argo_health(const Corpus& corpus, const std::string& file, Report& report);
Status argo_ignore_normalizer(const Corpus& corpus, const std::string& file, Report& report);
Status argo_known_types(const Corpus& corpus, const std::string& file, Report& report);
Status argo_project_app_namespace(const Corpus& corpus, const std::string& file, Report& report);
Status argo_project_destination(const Corpus& corpus, const std::string& file, Report& report);
Status argo_project_resource(const Corpus& corpus, const std::string& file, Report& report);
Status argo_project_source(const Corpus& corpus, const std::string& file, Report& report);
Status argo_project_validate(const Corpus& corpus, const std::string& file, Report& report);
Status argo_rbac(const Corpus& corpus, const std::string& file, Report& report);
Status argo_rbac_validate(const Corpus& corpus, const std::string& file, Report& report);
Status argo_refresh_paths(const Corpus& corpus, const std::string& file, Report& report);
Status argo_sync_order(const Corpus& corpus, const std::string& file, Report& report);
Status argo_window_active(const Corpus& corpus, const std::string& file, Report& report);
Status argo_window_can_sync(const Corpus& corpus, const std::string& file, Report& report);
Status argo_window_matches(const Corpus& corpus, const std::string& file, Report& report);
Status argo_window_validate(const Corpus& corpus, const std::string& file, Report& report);
Status flux_envsubst_generated(const Corpus& corpus, const std::string& file, Report& report);
Status flux_envsubst_upstream(const Corpus& corpus, const std::string& file, Report& report);
Status flux_kustomize_build(const Corpus& corpus, const std::string& file, Report& report);
Status flux_kustomize_build_text(const Corpus& corpus, const std::string& file, Report& report);
Status flux_kstatus_generated(const Corpus& corpus, const std::string& file, Report& report);
Status flux_kstatus_upstream(const Corpus& corpus, const std::string& file, Report& report);
Status flux_semver_parse(const Corpus& corpus, const std::string& file, Report& report);
Status flux_semver_compare(const Corpus& corpus, const std::string& file, Report& report);
Status flux_semver_constraint(const Corpus& corpus, const std::string& file, Report& report);
// Snippets of one template; `group` is that of the cases.
Status helm_templates(std::string_view group, const Corpus& corpus, const std::string& file, Report& report);
Status helm_builtin(const Corpus& corpus, const std::string& file, Report& report);
Status helm_cases_41(const Corpus& corpus, const std::string& file, Report& report);
Status helm_cases_42(const Corpus& corpus, const std::string& file, Report& report);
Status helm_coalesce(const Corpus& corpus, const std::string& file, Report& report);
Status helm_deps(const Corpus& corpus, const std::string& file, Report& report);
Status helm_schema(const Corpus& corpus, const std::string& file, Report& report);
Status helm_strvals(const Corpus& corpus, const std::string& file, Report& report);
Status kustomize_real(const Corpus& corpus, const std::string& file, Report& report);
Status kustomize_build(const Corpus& corpus, const std::string& file, Report& report);
Status kube_strategic(const Corpus& corpus, const std::string& folder, Report& report);
Status kube_ssa(const Corpus& corpus, const std::string& folder, Report& report);

}  // namespace taut::fidelity
