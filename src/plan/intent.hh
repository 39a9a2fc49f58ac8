// What an object asks of a sync by its annotations: when to run it, in which wave, and with which options.
//
// The annotations are Argo CD's (argocd.argoproj.io/*), and Helm's hook annotations where an object has none of
// Argo CD's, read as gitops-engine v3.5 does (pkg/sync/hook, pkg/sync/syncwaves, pkg/sync/resource).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "value/value.hh"

namespace taut::plan {

inline constexpr std::string_view kHookAnnotation = "argocd.argoproj.io/hook";
inline constexpr std::string_view kHookDeletePolicyAnnotation = "argocd.argoproj.io/hook-delete-policy";
inline constexpr std::string_view kSyncWaveAnnotation = "argocd.argoproj.io/sync-wave";
inline constexpr std::string_view kSyncOptionsAnnotation = "argocd.argoproj.io/sync-options";
inline constexpr std::string_view kCompareOptionsAnnotation = "argocd.argoproj.io/compare-options";
inline constexpr std::string_view kIgnoreHealthAnnotation = "argocd.argoproj.io/ignore-healthcheck";
inline constexpr std::string_view kHookFinalizer = "argocd.argoproj.io/hook-finalizer";

// In the order in which they run.
enum class Phase : int8_t { kPreSync, kSync, kPostSync, kSyncFail };
std::string_view phase_name(Phase phase);
std::optional<Phase> parse_phase(std::string_view name);

struct Intent {
  bool hook = false;            // a hook, even one that runs in no phase of a sync
  bool skip = false;            // never applied
  std::vector<Phase> phases;    // in order; {kSync} for all that is no hook
  int wave = 0;
  bool pre_delete = false;      // runs before the application's objects are deleted
  bool post_delete = false;     // runs after they are
  bool delete_before_creation = false;
  bool delete_on_success = false;
  bool delete_on_failure = false;
  bool awaited = true;   // later waves wait for its health; a definition is waited for in any case
  bool recreate = false; // deleted and made anew when a field cannot be changed
};

Intent intent_of(const Value& object);

// How a dialect reads what an object asks of a sync, where that is not by the annotations above. Immutable and
// thread-safe.
class ObjectRules {
 public:
  virtual ~ObjectRules() = default;
  virtual Intent intent(const Value& object) const = 0;
  // Whether nothing is to be written of a wanted object as it is now; `live` is null where there is none.
  virtual bool leaves_alone(const Value& desired, const Value& live) const = 0;
  // Whether an object stays when it is no longer wanted, or when its Unit goes.
  virtual bool keeps(const Value& live) const = 0;
  // metadata.managedFields of a live object with the fields that the field manager is to own from now on made its own;
  // null where there is nothing to take over. Fields that come so and are not wanted go.
  virtual Value taken_over(const Value& desired, const Value& live, std::string_view manager) const;
};

// By the rules; by the annotations where there are none.
Intent intent_of(const Value& object, const ObjectRules* rules);
int wave_of(const Value& object);
bool is_hook(const Value& object);

// Whether a comma-separated annotation holds this option ("Prune=false", "PruneLast=true").
bool has_option(const Value& object, std::string_view annotation, std::string_view option);
// The value of `name=value` in a comma-separated annotation; nothing when it is not there.
std::optional<std::string_view> option_value(const Value& object, std::string_view annotation,
                                             std::string_view name);
// The same for a list of options, as in spec.syncPolicy.syncOptions.
bool has_option(const std::vector<std::string>& options, std::string_view option);
std::optional<std::string_view> option_value(const std::vector<std::string>& options, std::string_view name);

}  // namespace taut::plan
