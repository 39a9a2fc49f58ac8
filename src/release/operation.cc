#include "release/operation.hh"

#include <re2/re2.h>

#include "release/actions.hh"

namespace taut::release {

struct Operation::State {
  explicit State(World world) : run(std::move(world)) {}
  Run run;
  std::shared_ptr<const void> options;  // outlives the task
  std::optional<Task<Outcome>> task;
  std::optional<Outcome> outcome;
};

Operation::Operation(std::unique_ptr<State> state) : state_(std::move(state)) {}
Operation::Operation(Operation&&) noexcept = default;
Operation& Operation::operator=(Operation&&) noexcept = default;
Operation::~Operation() = default;

template <class Options>
Operation Operation::make(World world, Options options, Task<Outcome> (*action)(Run&, const Options&)) {
  auto state = std::make_unique<State>(std::move(world));
  auto kept = std::make_shared<const Options>(std::move(options));
  state->task.emplace(action(state->run, *kept));
  state->options = std::move(kept);
  state->run.leaf_ = state->task->handle();
  return Operation(std::move(state));
}

Operation Operation::install(World world, InstallOptions options) {
  return make(std::move(world), std::move(options), install_release);
}

Operation Operation::upgrade(World world, UpgradeOptions options) {
  return make(std::move(world), std::move(options), upgrade_release);
}

Operation Operation::rollback(World world, RollbackOptions options) {
  return make(std::move(world), std::move(options), roll_back_release);
}

Operation Operation::uninstall(World world, UninstallOptions options) {
  return make(std::move(world), std::move(options), uninstall_release);
}

Operation Operation::test(World world, TestOptions options) {
  return make(std::move(world), std::move(options), test_release);
}

std::optional<Time> Operation::step(Time now) {
  if (state_->outcome) return std::nullopt;
  Run& run = state_->run;
  run.now = now;
  run.leaf_.resume();
  if (!state_->task->done()) return run.wake_;
  state_->outcome = state_->task->take();
  state_->task.reset();
  run.waiting_for.clear();
  return std::nullopt;
}

bool Operation::done() const { return state_->outcome.has_value(); }
const std::string& Operation::waiting_for() const { return state_->run.waiting_for; }
void Operation::cancel() { state_->run.cancelled = true; }
const Outcome& Operation::outcome() const { return *state_->outcome; }

Status check_release_name(const std::string& name) {
  static const RE2 kValid(R"(^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$)");
  constexpr size_t kLongest = 53;
  if (name.empty()) return fail(Code::kInvalid, "no name provided");
  if (name.size() <= kLongest && RE2::FullMatch(name, kValid)) return {};
  return fail(Code::kInvalid, "invalid release name, must match regex {} and the length must not be longer than 53",
              kValid.pattern());
}

}  // namespace taut::release
