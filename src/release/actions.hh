// The actions as tasks, and what they share. Use operation.hh from other rooms.
#pragma once

#include "release/apply.hh"
#include "release/operation.hh"
#include "release/resources.hh"

namespace taut::release {

// The options must outlive the task.
Task<Outcome> install_release(Run& run, const InstallOptions& options);
Task<Outcome> upgrade_release(Run& run, const UpgradeOptions& options);
Task<Outcome> roll_back_release(Run& run, const RollbackOptions& options);
Task<Outcome> uninstall_release(Run& run, const UninstallOptions& options);
Task<Outcome> test_release(Run& run, const TestOptions& options);

// A chart rendered for the cluster: with its version and kinds, and lookups that are answered. Fills in manifest,
// hooks, notes and chart of the release.
struct RenderFor {
  int revision = 1;
  bool upgrade = false;
  bool live = true;  // ask the cluster
  std::optional<helm::Capabilities> capabilities;
};
Status render_into(Run& run, const Rendered& from, const RenderFor& how, Release& release);

// Makes the custom resource definitions of a chart and waits until they are served.
Task<Status> install_crds(Run& run, const Rendered& from, Crds crds, bool server_side, bool force_conflicts);

// Waits for the objects as the options say; at once where nothing is to be waited for.
Task<Status> wait_as_told(Run& run, const Resources& resources, const Manner& manner);

// The label, method and words that upgrade and rollback share.
Result<bool> uses_server_side(ServerSide option, const std::string& previous_method);
std::string_view apply_method(bool server_side);

// Error texts put before others, the code kept.
Failure with_prefix(std::string_view before, const Error& error);

}  // namespace taut::release
