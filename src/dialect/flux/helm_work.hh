// What the steps of one reconciliation of a HelmRelease share: the object, its status on the way, the world. Internal;
// others use helm_run.hh.
#pragma once

#include <atomic>
#include <coroutine>
#include <optional>
#include <string>

#include "dialect/flux/helm_run.hh"
#include "release/task.hh"

namespace taut::flux {

template <class T>
using Task = release::Task<T>;

// What is to be released.
struct HelmWish {
  helm::ChartPtr chart;
  Value values = Value::map();
  std::string values_digest;
  std::string oci_digest;  // of the artifact that the chart came from, or ""
};

class HelmWork {
 public:
  HelmWork(const HelmWorld& world, Value object);

  const HelmWorld& world;
  Value object;  // as the cluster has it
  HelmRelease read;
  Value status;  // as it is to be
  Time now{};    // of this step
  std::atomic<bool> interrupted = false;  // by whoever sees a change, while a step runs
  std::optional<HelmWish> wish;

  const Value& spec() const { return object["spec"]; }
  Value& edit_history() { return status.edit("history"); }
  const Value& latest() const;

  // Conditions, as fluxcd/pkg/runtime sets them.
  void mark(std::string_view type, std::string_view value, std::string_view reason, std::string_view message);
  void mark_true(std::string_view type, std::string_view reason, std::string_view message) { mark(type, "True", reason, message); }
  void mark_false(std::string_view type, std::string_view reason, std::string_view message) { mark(type, "False", reason, message); }
  void mark_reconciling(std::string_view reason, std::string_view message);
  void mark_stalled(std::string_view reason, std::string_view message);
  void unmark(std::string_view type);
  const Value& condition(std::string_view type) const;
  bool is_true(std::string_view type) const { return condition(type)["status"].as_string() == "True"; }

  // Ready from what is known of the release, its tests and its remediation.
  void summarize();
  void clear_failures();
  void count(const char* field) { status.set(field, status[field].as_int() + 1); }

  void note(std::string type, std::string_view reason, const std::string& message) const;
  // Writes the status where it is other than the cluster's. False when it could not be written.
  bool save();
  bool write_finalizers(bool wanted);

  // Finds where the release goes. Until then that is the cluster of the HelmRelease. kNotFound: what the spec names is not there.
  Status reach_target();
  Cluster& target() const { return target_ ? *target_ : world.cluster; }

  release::World releases() const;
  // Records of the release, oldest first; none where there are none.
  Result<std::vector<release::Release>> records() const;

  // Gives the thread back for a while: `co_await work.pause(d)`.
  struct Pause {
    HelmWork& work;
    Duration span;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) noexcept {
      work.leaf_ = handle;
      work.wake_ = work.now + span;
    }
    void await_resume() const noexcept {}
  };
  Pause pause(Duration span) { return {*this, span}; }
  // Carries out an operation; when the object has changed meanwhile, what it waits for is ended.
  Task<release::Outcome> carry_out(release::Operation operation);

 private:
  friend class HelmRun;
  bool write(Value patch, const char* subresource);
  Result<engine::Dialect::Place> place() const;
  std::shared_ptr<Cluster> target_;
  std::coroutine_handle<> leaf_;
  Time wake_{};
};

// What is to be done about a release next.
enum class HelmStep : uint8_t { kNothing, kInstall, kUpgrade, kTest, kRollback, kUninstall, kUnlock, kCorrect };

// Release actions with what they tell. The error: nothing was recorded, it is to be tried again.
Task<Status> install(HelmWork& work);
Task<Status> upgrade(HelmWork& work, const std::string& method);
Task<Status> test(HelmWork& work);
Task<Status> roll_back(HelmWork& work);
Task<Status> uninstall_failed(HelmWork& work);
Task<Status> uninstall(HelmWork& work);
Status unlock(HelmWork& work, release::Release last);

// Brings the release to what is wished, action by action.
Task<HelmEnd> release_atomically(HelmWork& work);

}  // namespace taut::flux
