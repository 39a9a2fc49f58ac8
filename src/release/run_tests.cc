// helm test, as helm 4's pkg/action/release_testing.go.
#include <algorithm>

#include "release/actions.hh"
#include "release/hooks.hh"

namespace taut::release {

namespace {

bool chosen(const HookRecord& hook, const TestOptions& options) {
  auto named = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), hook.name) != names.end();
  };
  return !named(options.except) && (options.only.empty() || named(options.only));
}

// Those that are not to run go to the front, as helm leaves them.
std::vector<HookRecord> take_skipped(Release& release, const TestOptions& options) {
  auto first_skipped = std::stable_partition(release.hooks.begin(), release.hooks.end(),
                                             [&](const HookRecord& hook) { return chosen(hook, options); });
  std::vector<HookRecord> out(std::make_move_iterator(first_skipped), std::make_move_iterator(release.hooks.end()));
  release.hooks.erase(first_skipped, release.hooks.end());
  return out;
}

}  // namespace

Task<Outcome> test_release(Run& run, const TestOptions& options) {
  auto reached = run.discovery();
  if (!reached) co_return Outcome{.status = fail(reached.error())};
  if (!check_release_name(options.name)) {
    co_return Outcome{.status = fail(Code::kInvalid, "releaseTest: Release name is invalid: {}", options.name)};
  }
  auto last = run.storage.last(options.name);
  if (!last) co_return Outcome{.status = fail(last.error())};
  Release release = std::move(*last);
  std::vector<HookRecord> skipped = take_skipped(release, options);
  const HookOptions hooks{options.timeout, release.apply_method == "ssa"};
  HookEnd end;
  Status status = co_await run_hooks(run, release, "test", hooks, end);
  Release whole = release;
  whole.hooks.insert(whole.hooks.begin(), skipped.begin(), skipped.end());
  Status recorded = run.storage.update(whole, run.now);
  if (status) status = recorded;
  if (options.before_cleanup) options.before_cleanup(whole);
  Status ended = co_await end_hooks(run, release, end, hooks);
  if (status) status = ended;
  co_return Outcome{.release = std::move(whole), .status = status};
}

}  // namespace taut::release
