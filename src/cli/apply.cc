// taut apply: a folder, applied by its plan: phases and waves in order, each waited for.
#include <fmt/format.h>

#include <set>

#include "cli/all.hh"
#include "cli/connection.hh"
#include "cli/folder.hh"
#include "cli/planning.hh"
#include "cli/scene.hh"
#include "cli/terminal.hh"
#include "health/argo.hh"
#include "plan/print.hh"

namespace taut::cli {
namespace {

std::string shown(const plan::Step& step) { return fmt::format("{}/{}", step.id.kind, step.id.name); }

class Apply : public Command {
 public:
  void declare(Flags& flags) override {
    connection_.declare(flags);
    folder_.declare(flags);
    flags.add("namespace", 'n', "NAMESPACE", "where objects go that name none", &ns_);
    flags.add("dry-run", 0, "", "print the plan and stop", &dry_run_);
    flags.add("wait", 0, "", "wait until the last wave is healthy too", &wait_);
    flags.add("timeout", 0, "DURATION", "how long to wait for one wave", &timeout_);
    flags.add("field-manager", 0, "NAME", "who owns the applied fields", &manager_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) {
      print_error("which folder? Usage: taut apply DIR");
      return kMisused;
    }
    auto outcome = apply(arguments[0]);
    if (outcome) return kDone;
    print_error(outcome.error());
    return kFailed;
  }

 private:
  Status apply(const std::string& folder) {
    TAUT_ASSIGN(auto rendered, folder_.render(folder));
    TAUT_ASSIGN(auto cluster, connection_.open());
    TAUT_ASSIGN(auto plan, plan_objects(*cluster, std::move(rendered), ns_, manager_));
    if (dry_run_) {
      fmt::print("{}", plan::to_text(plan, {.color = colours()}));
      return {};
    }
    return carry_out(*cluster, plan);
  }

  // Steps of one phase and wave run together; the next wave begins when they are healthy.
  Status carry_out(Cluster& cluster, const plan::Plan& plan) {
    Scene scene(cluster);
    for (size_t begin = 0; begin < plan.steps.size();) {
      size_t end = begin;
      while (end < plan.steps.size() && plan.steps[end].phase == plan.steps[begin].phase &&
             plan.steps[end].wave == plan.steps[begin].wave)
        ++end;
      std::span<const plan::Step> wave(&plan.steps[begin], end - begin);
      TAUT_TRY(apply_wave(cluster, wave));
      if (wait_ || end < plan.steps.size()) TAUT_TRY(await_wave(scene, wave));
      begin = end;
    }
    return {};
  }

  // All steps are tried, whatever becomes of one of them.
  Status apply_wave(Cluster& cluster, std::span<const plan::Step> wave) {
    size_t failed = 0;
    for (const plan::Step& step : wave) {
      if (step.action == plan::Action::kUnchanged) {
        fmt::print("  {:<10} {}\n", ink(Ink::kDim, "unchanged"), shown(step));
        continue;
      }
      auto written = cluster.write(apply_request(step.desired, manager_, false));
      if (written) {
        fmt::print("  {:<10} {}\n", ink(Ink::kGreen, written->created ? "created" : "changed"), shown(step));
        for (const std::string& warning : written->warnings) fmt::print(stderr, "Warning: {}\n", warning);
      } else {
        ++failed;
        print_error(Error(written.error()).while_doing("applying " + shown(step)));
      }
    }
    if (failed == 0) return {};
    return fail(Code::kInvalid, "{} of {} objects of this wave were refused; later waves were not begun", failed, wave.size());
  }

  Status await_wave(Scene& scene, std::span<const plan::Step> wave) {
    for (const plan::Step& step : wave)
      if (watched_.insert(step.gvk).second) scene.watch(step.gvk);
    std::string missing;
    auto healthy = [&] {
      missing.clear();
      for (const plan::Step& step : wave) {
        const Value& live = scene.object(step.id.group, step.id.kind, step.id.ns, step.id.name);
        auto health = live.is_null() ? Health{HealthState::kMissing, ""} : judge_argo(live).value_or(Health{HealthState::kHealthy, ""});
        if (health.state == HealthState::kHealthy || health.state == HealthState::kSuspended) continue;
        missing = fmt::format("{} is {}{}{}", shown(step), health_name(health.state), health.message.empty() ? "" : ": ",
                              health.message);
        return health.state == HealthState::kDegraded;
      }
      return true;
    };
    auto waited = scene.await("every object of the wave is healthy", timeout_, healthy);
    if (!missing.empty()) return fail(waited ? Code::kInvalid : Code::kTimeout, "{}", missing);
    if (!waited) return fail(std::move(waited).error());
    return {};
  }

  Connection connection_;
  FolderSource folder_;
  std::string ns_ = "default", manager_ = "taut";
  bool dry_run_ = false, wait_ = false;
  Duration timeout_ = std::chrono::minutes(5);
  std::set<Gvk> watched_;
};

}  // namespace

std::unique_ptr<Command> make_apply() { return std::make_unique<Apply>(); }

}  // namespace taut::cli
