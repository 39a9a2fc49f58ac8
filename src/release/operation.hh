// What `helm install`, `upgrade`, `rollback`, `uninstall` and `test` do, natively, as operations that hold no thread
// while they wait.
//
// An Operation is stepped: each step asks and writes through the Cluster port until it is done or must wait for
// something (hooks, readiness, deletion); then it returns when it wants to be stepped again. Stepping earlier is
// allowed and only looks again, so whoever watches the cluster may step at each change.
//
//   release::World world{.cluster = cluster, .cache = cache, .storage_ns = "apps"};
//   auto operation = release::Operation::install(world, {.name = "web", .ns = "apps", .chart = chart, .values = values});
//   while (auto again = operation.step(clock.now())) sleep_until(*again);          // a command: blocks
//   if (auto again = operation.step(clock.now())) timers.at(*again, unit); else ... // a controller: gives the worker back
//   operation.outcome();
//
// One thread at a time may step, any thread each time. An Operation may be dropped at any pause: what was done stays
// done, and the record says pending-*, as when helm is killed; Storage::update can then mark it failed. cancel() ends it
// in order instead: the wait fails with "context canceled", and the record says failed.
//
// Errors and descriptions are those of helm 4.1 (pkg/action), without the command's "INSTALLATION FAILED: ".
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hh"
#include "helm/chart.hh"
#include "helm/render.hh"
#include "release/run.hh"

namespace taut::release {

enum class DryRun : uint8_t { kNone, kClient, kServer };
// What is waited for beside hooks: nothing, or that every object is ready (--wait).
enum class Waiting : uint8_t { kHooksOnly, kReady };
// The files of crds/. Helm knows the first two, and for installs only; Flux all three.
enum class Crds : uint8_t { kCreate, kSkip, kCreateReplace };
// Which values an upgrade starts from. kDefault: those given, or else the last release's.
enum class Reuse : uint8_t { kDefault, kReset, kReuse, kResetThenReuse };
// kAuto: as the release before was applied.
enum class ServerSide : uint8_t { kAuto, kYes, kNo };

// What all operations may be told.
struct Manner {
  Duration timeout = std::chrono::minutes(5);  // of each single wait
  Waiting waiting = Waiting::kHooksOnly;
  bool wait_for_jobs = false;
  bool no_hooks = false;
  bool force_replace = false;
  bool force_conflicts = false;
  DryRun dry_run = DryRun::kNone;
};

// How a chart becomes manifests.
struct Rendered {
  helm::ChartPtr chart;
  Value values;
  bool skip_schema = false;
  bool sub_notes = false;
  bool hide_secrets = false;  // only in a dry run
  std::function<Status(std::map<std::string, std::string>& files)> post_render;
  std::function<void(Value& definition)> edit_crd;  // changes what crds/ holds before it is made; may be empty
};

struct InstallOptions : Manner {
  std::string name, ns;
  Rendered from;
  std::map<std::string, std::string> labels;
  std::string description;
  bool create_namespace = false;
  bool replace = false;  // take the name of an uninstalled or failed release
  bool rollback_on_failure = false;
  bool take_ownership = false;
  bool server_side = true;
  Crds crds = Crds::kCreate;
  // For a dry run on the client: what the templates may know.
  std::optional<helm::Capabilities> capabilities;
};

struct UpgradeOptions : Manner {
  std::string name;
  Rendered from;
  std::map<std::string, std::string> labels;  // "null" removes one
  std::string description;
  Reuse reuse = Reuse::kDefault;
  ServerSide server_side = ServerSide::kAuto;
  bool rollback_on_failure = false;
  bool cleanup_on_fail = false;
  bool take_ownership = false;
  int max_history = 10;  // 0: all are kept
  Crds crds = Crds::kSkip;
};

struct RollbackOptions : Manner {
  std::string name;
  int64_t version = 0;  // 0: the one before the last
  ServerSide server_side = ServerSide::kAuto;
  bool cleanup_on_fail = false;
  int max_history = 10;
};

struct UninstallOptions : Manner {
  std::string name;
  bool keep_history = false;
  bool ignore_not_found = false;
  std::string propagation = "Background";  // "Foreground", "Orphan"
  std::string description;
};

struct TestOptions : Manner {
  std::string name;
  std::vector<std::string> only, except;  // names of test hooks
  // Called when the tests have run and before their objects are deleted: for their logs. May be empty.
  std::function<void(const Release&)> before_cleanup;
};

struct Outcome {
  std::optional<Release> release;  // as it was recorded last; there may be none if the operation failed early
  Status status;
  std::string info;  // of an uninstall: what was kept
};

class Operation {
 public:
  static Operation install(World world, InstallOptions options);
  static Operation upgrade(World world, UpgradeOptions options);
  static Operation rollback(World world, RollbackOptions options);
  static Operation uninstall(World world, UninstallOptions options);
  static Operation test(World world, TestOptions options);

  Operation(Operation&&) noexcept;
  Operation& operator=(Operation&&) noexcept;
  ~Operation();

  // Works until it is done (nothing is returned) or waits (when to step again).
  std::optional<Time> step(Time now);
  bool done() const;
  // What it waits for, in one line: "Deployment/default/web: Available: 0/1".
  const std::string& waiting_for() const;
  // The next step ends what is being waited for.
  void cancel();
  // When done.
  const Outcome& outcome() const;

 private:
  struct State;
  explicit Operation(std::unique_ptr<State> state);
  template <class Options>
  static Operation make(World world, Options options, Task<Outcome> (*action)(Run&, const Options&));
  std::unique_ptr<State> state_;
};

// kInvalid "no name provided", "invalid release name, must match regex ...".
Status check_release_name(const std::string& name);

}  // namespace taut::release
