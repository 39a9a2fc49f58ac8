// One reconciliation of a HelmRelease, as a machine that holds no thread while it waits (helm-controller 1.6,
// internal/controller and internal/reconcile).
//
//   HelmRun run(world, object);
//   while (auto again = run.step(clock.now())) ...   // to be stepped again then, by any thread, one at a time
//   run.end();
//
// It may be dropped at any pause: what Helm recorded says pending-*, and the next run unlocks it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "dialect/flux/artifacts.hh"
#include "engine/dependency_graph.hh"
#include "dialect/flux/helm_release.hh"
#include "dialect/flux/kustomization_status.hh"
#include "release/operation.hh"

namespace taut::flux {

// Where it acts. All must outlive it; called from the thread that steps.
struct HelmWorld {
  Cluster& cluster;
  const Artifacts& artifacts;
  helm::RenderCache& cache;
  std::function<void(std::span<uint8_t>)> random;                  // for templates
  std::function<void(const Value& object, const Note& note)> note = {};  // a Kubernetes event; may be empty
  Tenancy tenancy = {};
  const engine::DependencyGraph* graph = nullptr;  // where cycles are looked for
  // Opens where a release goes and as whom, where that is not the cluster itself. Without it that is an error.
  std::function<Result<std::shared_ptr<Cluster>>(const engine::Dialect::Place& place)> reach = {};
};

struct HelmEnd {
  enum class Kind : uint8_t {
    kDone,     // look again after an interval
    kAgain,    // at once
    kWaiting,  // for something else: look again after a while, or when that changes
    kFailed,   // again, later each time
    kStalled,  // only a change helps
    kGone,     // the object is to go, and may
  };
  Kind kind = Kind::kDone;
  Duration after{};  // of kDone and kWaiting
};

class HelmRun {
 public:
  HelmRun(HelmWorld world, Value object);
  ~HelmRun();
  HelmRun(const HelmRun&) = delete;
  HelmRun& operator=(const HelmRun&) = delete;

  // Works until it is done (nothing is returned) or waits (when to step again).
  std::optional<Time> step(Time now);
  // What is being waited for is given up at the next step, since the object has changed.
  void interrupt();
  // When done.
  const HelmEnd& end() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace taut::flux
