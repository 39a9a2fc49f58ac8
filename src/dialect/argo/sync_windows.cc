#include "dialect/argo/sync_windows.hh"

#include <algorithm>

#include "base/time_zone.hh"
#include "lang/glob/glob.hh"

namespace taut::argo {
namespace {

bool any_matches(const Value& globs, std::string_view text) {
  return std::ranges::any_of(globs.items(), [&](const Value& glob) {
    return glob.as_string() == "*" || glob_matches(glob.as_string(), text);
  });
}

bool any_cluster_matches(const Value& globs, const DestinationRef& destination) {
  return (!destination.name.empty() && any_matches(globs, destination.name)) ||
         (!destination.server.empty() && any_matches(globs, destination.server));
}

class WindowGate : public engine::Gate {
 public:
  explicit WindowGate(Result<SyncWindows> windows) : windows_(std::move(windows)) {}

  Answer ask(Time now, bool manual, std::optional<Time> started) const override {
    if (!windows_) return {false, "invalid sync windows: " + windows_.error().message(), std::nullopt};
    return {windows_->may_sync(now, manual, started), "", windows_->next_change(now)};
  }

 private:
  Result<SyncWindows> windows_;
};

}  // namespace

Result<SyncWindow> SyncWindow::read(const Value& window) {
  SyncWindow out;
  std::string_view schedule = window["schedule"].as_string(), duration = window["duration"].as_string();
  auto parsed = cron::Schedule::parse(schedule);
  if (!parsed) return fail(Code::kInvalid, "cannot parse schedule '{}': {}", schedule, parsed.error().message());
  out.schedule_ = *parsed;
  auto length = read_go_duration(duration);
  if (!length) return fail(Code::kInvalid, "cannot parse duration '{}': {}", duration, length.error().message());
  out.duration_ = *length;
  out.zone_ = TimeZone::load(window["timeZone"].as_string()).value_or(TimeZone());
  out.allow = window["kind"].as_string() == "allow";
  out.deny = window["kind"].as_string() == "deny";
  out.manual_sync = window["manualSync"].as_bool();
  out.sync_overrun = window["syncOverrun"].as_bool();
  return out;
}

Status SyncWindow::validate(const Value& window) {
  std::string_view kind = window["kind"].as_string();
  if (kind != "allow" && kind != "deny") return fail(Code::kInvalid, "kind '{}' mismatch: can only be allow or deny", kind);
  TAUT_TRY(read(window));
  if (window["description"].as_string().size() > 255) return fail(Code::kInvalid, "description must not exceed 255 characters");
  return {};
}

// The schedule is followed as if the clock of its zone were UTC: the offset is that of now. A schedule that never comes
// (the 31st of February) is Go's zero time, which is before any: such a window is always open.
bool SyncWindow::active(Time now) const {
  Duration offset = zone_.at(now).offset;
  auto start = schedule_.next(now + offset - duration_);
  return !start || *start < now + offset;
}

std::optional<Time> SyncWindow::next_change(Time now) const {
  Duration offset = zone_.at(now).offset;
  auto start = schedule_.next(now + offset - duration_);
  if (!start) return std::nullopt;
  // A window opens just after the moment its schedule names.
  if (*start < now + offset) return *start - offset + duration_;
  return *start - offset + std::chrono::nanoseconds(1);
}

bool window_concerns(const Value& window, std::string_view application, const DestinationRef& destination) {
  bool all = window["andOperator"].as_bool();
  struct Criterion {
    bool given, met;
  };
  const Value &applications = window["applications"], &clusters = window["clusters"], &namespaces = window["namespaces"];
  const Criterion criteria[] = {
      {!applications.empty(), any_matches(applications, application)},
      {!clusters.empty(), any_cluster_matches(clusters, destination)},
      {!namespaces.empty(), any_matches(namespaces, destination.ns)},
  };
  bool given = false;
  for (auto [is_given, met] : criteria) {
    if (is_given && met && !all) return true;
    if (is_given && !met && all) return false;
    given = given || is_given;
  }
  return all && given;
}

Result<SyncWindows> SyncWindows::of(const Value& windows, std::string_view application, const DestinationRef& destination) {
  SyncWindows out;
  for (const Value& window : windows.items()) {
    if (!window_concerns(window, application, destination)) continue;
    TAUT_ASSIGN(auto read, SyncWindow::read(window));
    out.windows_.push_back(std::move(read));
  }
  return out;
}

Result<SyncWindows> SyncWindows::all(const Value& windows) {
  SyncWindows out;
  for (const Value& window : windows.items()) {
    TAUT_ASSIGN(auto read, SyncWindow::read(window));
    out.windows_.push_back(std::move(read));
  }
  return out;
}

bool SyncWindows::may_sync(Time now, bool manual, std::optional<Time> started) const {
  std::vector<const SyncWindow*> denies, shut_allows;
  bool allowed = false;
  for (const SyncWindow& window : windows_) {
    bool active = window.active(now);
    if (window.deny && active) denies.push_back(&window);
    if (window.allow && !active) shut_allows.push_back(&window);
    allowed = allowed || (window.allow && active);
  }
  const auto& shutting = denies.empty() && !allowed ? shut_allows : denies;
  if (shutting.empty()) return true;
  if (manual && std::ranges::all_of(shutting, &SyncWindow::manual_sync)) return true;
  bool overrun = started && std::ranges::all_of(shutting, &SyncWindow::sync_overrun);
  return overrun && may_sync(*started, manual, std::nullopt);
}

std::optional<Time> SyncWindows::next_change(Time now) const {
  std::optional<Time> first;
  for (const SyncWindow& window : windows_)
    if (auto change = window.next_change(now); change && (!first || *change < *first)) first = change;
  return first;
}

std::shared_ptr<const engine::Gate> gate_of(const Project& project, std::string_view application,
                                            const DestinationRef& destination) {
  auto windows = SyncWindows::of(project.value()["spec"]["syncWindows"], application, destination);
  if (windows && windows->empty()) return nullptr;
  return std::make_shared<WindowGate>(std::move(windows));
}

}  // namespace taut::argo
