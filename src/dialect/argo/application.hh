// Argo CD's Application as a Unit, and a Unit's status in Argo CD's own fields and words (v3.5).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.hh"
#include "dialect/argo/project.hh"
#include "dialect/argo/repository_secret.hh"
#include "dialect/argo/settings.hh"
#include "engine/event.hh"
#include "engine/unit.hh"
#include "value/value.hh"

namespace taut::argo {

inline constexpr std::string_view kGroup = "argoproj.io";
inline constexpr std::string_view kVersion = "v1alpha1";
inline constexpr std::string_view kRefreshAnnotation = "argocd.argoproj.io/refresh";
// A Go duration: a synced revision that is not Healthy after it is rolled back.
inline constexpr std::string_view kRollbackAfterAnnotation = "taut.dev/rollback-after";
// "renew": what charts make at random is taken from each new render; else it is kept as it is in the cluster.
inline constexpr std::string_view kGeneratedValuesAnnotation = "taut.dev/generated-values";
// "true": the Application is left alone, with the status that it has.
inline constexpr std::string_view kSkipAnnotation = "argocd.argoproj.io/skip-reconcile";
inline constexpr std::string_view kResourcesFinalizer = "resources-finalizer.argocd.argoproj.io";
inline constexpr std::string_view kPreDeleteFinalizer = "pre-delete-finalizer.argocd.argoproj.io";
inline constexpr std::string_view kPostDeleteFinalizer = "post-delete-finalizer.argocd.argoproj.io";
// The time at which somebody confirmed deletions that ask for it (Prune=confirm, Delete=confirm).
inline constexpr std::string_view kDeletionApprovedAnnotation = "argocd.argoproj.io/deletion-approved";

inline Gvk application_gvk() { return {std::string(kGroup), std::string(kVersion), "Application"}; }
inline Gvk project_gvk() { return {std::string(kGroup), std::string(kVersion), "AppProject"}; }

// A cluster that applications may name as their destination.
struct ClusterName {
  std::string server;
  std::string name;
  std::string project;  // whose cluster it is; empty: everybody's
};

struct ReadContext {
  std::string control_namespace = "argocd";
  std::vector<ClusterName> clusters = {{"https://kubernetes.default.svc", "in-cluster", {}}};
  // The Application's AppProject as it is in the cluster; null when there is none of that name. A project "default"
  // that does not exist allows everything, so that a new cluster works at once.
  Value project;
  const Settings* settings = nullptr;  // of argocd-cm; null: none
  // Repositories that projects have Secrets of their own for: an Application reads them as its project.
  std::span<const ProjectRepository> repositories = {};
  // How many objects were found that belong to no application; for projects that warn of them.
  size_t orphans = 0;
  // What keeps its automated syncs back (depends_on.hh); empty: nothing.
  std::string waits_for = {};
};

struct Application {
  engine::UnitSpec spec;
  engine::UnitStatus observed;
  std::optional<engine::Operation> operation;  // asked for in the object
  bool terminate = false;                      // status.operationState.phase is Terminating
  bool refresh = false;
  bool hard_refresh = false;
};

// "argoproj.io/Application/<namespace>/<name>".
engine::UnitKey unit_key(const Value& application);
engine::UnitKey unit_key(std::string_view ns, std::string_view name);
ObjectRef application_ref(const engine::UnitKey& unit);

// How many orphans the status of an Application speaks of.
size_t orphans_told(const Value& application);

// Never fails: what is wrong with the spec becomes a condition in it.
Application read_application(const Value& application, const ReadContext& context);

// spec.source, or the list spec.sources, as the engine follows it; and an operation of the object or of its status.
engine::Source read_source(const Value& source);
engine::Operation read_operation(const Value& operation);
// The status that an earlier process (or Argo CD) wrote.
engine::UnitStatus read_status(const Value& application);

// The status as Argo CD writes it, of an Application with this `spec`.
Value write_status(const engine::UnitStatus& status, const Value& spec, std::string_view control_namespace);
Value write_operation(const engine::Operation& operation, const engine::OperationState* state);

// A merge patch that brings the Application to this status, without what is the same already. `operation` and the
// refresh annotation are removed when asked for. Null when there is nothing to write.
Value status_patch(const Value& application, const Value& status, bool clear_operation, bool clear_refresh);
// Adds to a patch of the Application the finalizers that its status asks for because of hooks around its deletion, or
// takes them away; they and their "/cleanup" come and go together. Returns the patch, null if there is nothing to write.
Value with_hook_finalizers(Value patch, const Value& application, const engine::UnitStatus& status);
// A merge patch without the finalizers that make Argo CD delete an application's objects.
Value release_patch(const Value& application);

// The wish for a sync, as `.operation` of the Application: what `argocd app sync` and `rollback` write.
Value operation_patch(const engine::Operation& operation);
// The operation that goes back to an entry of the history; without an id, to what was deployed before the present
// attempt. kNotFound in Argo CD's words when there is no such entry.
Result<engine::Operation> rollback_operation(const Value& application, std::optional<int64_t> history_id, bool prune);

}  // namespace taut::argo
