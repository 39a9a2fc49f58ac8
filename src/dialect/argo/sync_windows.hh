// An AppProject's syncWindows: when its applications may be synced (pkg/apis/application/v1alpha1/types.go, v3.5).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "base/time.hh"
#include "dialect/argo/project.hh"
#include "engine/gate.hh"
#include "lang/cron/cron.hh"
#include "value/value.hh"

namespace taut::argo {

// One window that can be followed. A window is open for `duration` from each moment its schedule names.
class SyncWindow {
 public:
  // kInvalid in Argo CD's words: "cannot parse schedule '* * *': expected exactly 5 fields, found 3: [* * *]". A time
  // zone that is not known is taken as UTC, as there.
  static Result<SyncWindow> read(const Value& window);
  // What is checked beyond that when a project is written: kind and length of the description.
  static Status validate(const Value& window);

  bool active(Time now) const;
  // The next time that `active` changes; nothing if it never does.
  std::optional<Time> next_change(Time now) const;

  // A window of any other kind counts for nothing.
  bool allow = false;
  bool deny = false;
  bool manual_sync = false;
  bool sync_overrun = false;

 private:
  cron::Schedule schedule_;
  Duration duration_{};
  TimeZone zone_;
};

// Whether the window names the application by application, cluster or namespace globs: any of them, or each that is
// given with `andOperator`.
bool window_concerns(const Value& window, std::string_view application, const DestinationRef& destination);

// The windows of one application. An active deny shuts whatever else there is; else an active allow opens; else an
// allow that is not active shuts; a shut window lets manual syncs through if all that shut say `manualSync`, and an
// operation that was let in if all that shut say `syncOverrun`.
class SyncWindows {
 public:
  // Those of a project's `spec.syncWindows` that concern the application. kInvalid: the first that cannot be read.
  static Result<SyncWindows> of(const Value& windows, std::string_view application, const DestinationRef& destination);
  // All of a list.
  static Result<SyncWindows> all(const Value& windows);

  bool may_sync(Time now, bool manual, std::optional<Time> started) const;
  std::optional<Time> next_change(Time now) const;
  bool empty() const { return windows_.empty(); }

 private:
  std::vector<SyncWindow> windows_;
};

// The windows as the engine asks them; null when there are none for this application. Windows that cannot be read
// keep everything shut, and the answer says why.
std::shared_ptr<const engine::Gate> gate_of(const Project& project, std::string_view application,
                                            const DestinationRef& destination);

}  // namespace taut::argo
