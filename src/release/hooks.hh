// Hooks: objects that are made and waited for before and after an operation. Mirrors helm 4's pkg/action/hooks.go, but
// that a hook which is deleted is always waited for (helm 4.1 does so only with --wait).
#pragma once

#include <string>
#include <vector>

#include "release/resources.hh"

namespace taut::release {

struct HookOptions {
  Duration timeout{};
  bool server_side = true;
};

// What is left to do when hooks have run: deleting those whose policy asks for it.
struct HookEnd {
  std::vector<size_t> ran;    // of release.hooks, in the order they ran, without the one that failed
  std::optional<size_t> failed;
};

// Runs the hooks of one event by weight, then name: deletes the old one, creates it, waits until it has run. Writes what
// happened into the hooks of `release` and its record. Stops at the first that fails.
Task<Status> run_hooks(Run& run, Release& release, std::string event, HookOptions options, HookEnd& end);
// Deletes what is to be deleted then; the logs that hooks ask for are fetched first.
Task<Status> end_hooks(Run& run, Release& release, const HookEnd& end, HookOptions options);

// Both in a row. The error of the run wins unless the end fails too, as in helm.
Task<Status> run_and_end_hooks(Run& run, Release& release, std::string event, HookOptions options);

}  // namespace taut::release
