// What the steps of one operation share: the world they act on, the time, where they wait.
#pragma once

#include <coroutine>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "helm/render.hh"
#include "port/cluster.hh"
#include "release/storage.hh"
#include "release/task.hh"

namespace taut::release {

// Where an operation acts. Cluster and cache must outlive it; the functions are called from the thread that steps it.
struct World {
  Cluster& cluster;
  helm::RenderCache& cache;
  std::string storage_ns;  // where the records are
  Driver driver = Driver::kSecrets;
  helm::Compat compat = helm::Compat::kHelm42;
  std::string field_manager = "helm";  // of what is applied
  std::function<void(std::span<uint8_t>)> random;  // for templates
  std::function<void(const std::string& line)> warn;  // helm's log lines; may be empty
  // What a container of a pod wrote, for hooks that ask for it; may be empty.
  std::function<void(const std::string& ns, const std::string& label_or_pod)> hook_logs;
};

class Run {
 public:
  explicit Run(World world) : world(std::move(world)), storage(this->world.cluster, this->world.storage_ns,
                                                               this->world.driver) {}

  World world;
  Storage storage;
  Time now{};          // of this step
  bool cancelled = false;
  std::string waiting_for;  // one line for a status, while waiting

  // `co_await run.pause(d)` gives the thread back; the operation goes on at the next step.
  struct Pause {
    Run& run;
    Duration span;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) noexcept {
      run.leaf_ = handle;
      run.wake_ = run.now + span;
    }
    void await_resume() const noexcept {}
  };
  Pause pause(Duration span) { return {*this, span}; }

  // What the cluster serves, asked for once an operation, and again after refresh().
  Result<const Discovery*> discovery();
  void refresh() { discovery_.reset(); }

  void warn(const std::string& line) const {
    if (world.warn) world.warn(line);
  }
  // helm's recordRelease: an update that may fail with no more than a warning.
  void record(const Release& release) const;

 private:
  friend class Operation;
  std::optional<Discovery> discovery_;
  std::coroutine_handle<> leaf_;
  Time wake_{};
};

}  // namespace taut::release
