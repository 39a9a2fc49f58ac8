// What a sync of an application would do, without doing it: the plan for `taut diff`.
#pragma once

#include <optional>
#include <string>

#include "controller/controller.hh"
#include "plan/plan.hh"

namespace taut::controller {

struct PreviewRequest {
  Value application;                    // as it is in the cluster, or in a file
  Value project;                        // its AppProject; null when there is none
  std::optional<std::string> revision;  // in place of spec.source.targetRevision
  TreePtr tree;                         // in place of the repository: a folder on disk
  bool prune = true;                    // false: what is no longer wanted is left out
  std::vector<argo::ClusterName> clusters = argo::ReadContext{}.clusters;  // that it may name
  std::vector<argo::ProjectRepository> repositories = {};  // that projects have credentials of their own for
  Value settings = {};  // the ConfigMap argocd-cm; null when there is none
};

// `cluster` is the one that the application goes to. Only reads. The same engine decides as in a controller: the plan is what a sync would carry out. Errors: what is
// wrong with the spec or the source, as the condition says it; what the cluster answers.
Result<plan::Plan> preview(const PreviewRequest& request, Cluster& cluster, Repositories& repositories,
                           const ControllerOptions& options, Time now);

}  // namespace taut::controller
