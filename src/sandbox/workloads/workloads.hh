// The simulated control plane: what kube-controller-manager, kube-scheduler and the kubelets do to a cluster, as control
// loops over Client. Emptying namespaces and collecting garbage is the server's own work (sandbox/lifecycle.hh).
//
// They keep no state that matters: after a restart they go on from what the objects say. Idle costs nothing; timers
// exist only while something is pending.
#pragma once

#include <memory>

#include "sandbox/workloads/options.hh"
#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

class Workloads {
 public:
  // With a thread of its own. `clients` makes a Client for a field manager; it must outlive the Workloads.
  static std::unique_ptr<Workloads> start(ClientFor clients, Options options);
  // On a scheduler that somebody else runs; everything happens on its thread.
  static std::unique_ptr<Workloads> start_on(ClientFor clients, Scheduler& scheduler, Options options);
  ~Workloads();  // stops; waits for a running task

  // Whether a controller does something, or will within the span as far as is known now. Of those with a thread of their own.
  bool has_work(Duration within) { return thread_ && thread_->has_work(within); }

 private:
  Workloads() = default;
  void begin(ClientFor clients, Scheduler& scheduler, Options options);
  void add_controllers();

  std::unique_ptr<ThreadScheduler> thread_;
  std::unique_ptr<Runtime> runtime_;
};

// The image faults of a file, one a line: "PATTERN FAULT", FAULT one of image-pull, crash, oom, never-ready, slow;
// # begins a comment. kInvalid names the line.
Result<std::vector<ImageFault>> parse_image_faults(std::string_view text);

}  // namespace taut::sandbox::workloads
