// Flux's judgement of health: kstatus, as the fork fluxcd/cli-utils 1.2 computes it from one object.
//
// Order: being deleted, generation not yet observed, the conditions Reconciling and Stalled, the rule of the kind
// (by group and kind, whatever the version), the condition Ready; else the object is Current: no news is good news.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "base/time.hh"
#include "health/health.hh"

namespace taut {

enum class KstatusCode : uint8_t { kCurrent, kInProgress, kFailed, kTerminating, kNotFound, kUnknown };

// "Current", "InProgress", "Failed", "Terminating", "NotFound", "Unknown".
std::string_view kstatus_name(KstatusCode code);

struct KstatusCondition {
  std::string type;    // "Reconciling" or "Stalled"
  std::string status;  // "True"
  std::string reason;
  std::string message;
  bool operator==(const KstatusCondition&) const = default;
};

struct Kstatus {
  KstatusCode code = KstatusCode::kCurrent;
  std::string message;
  std::vector<KstatusCondition> conditions;  // at most one
  bool operator==(const Kstatus&) const = default;
};

// The rule of one kind; `now` is needed for Pods that cannot be scheduled.
struct KstatusRule {
  std::string_view group;
  std::string_view kind;
  Result<Kstatus> (*rule)(const Value& object, Time now);
};

// Every kind with a rule of its own.
std::span<const KstatusRule> kstatus_rules();

// The status of one object. Fails, with the tool's words, for an object whose fields have types that they cannot
// have and for a Pod in a phase that does not exist.
Result<Kstatus> kstatus(const Value& object, Time now);

// The same in the words of health: Current Healthy, Failed Degraded, NotFound Missing, InProgress and Terminating
// Progressing. A failure is Unknown with its message.
Health health_of(const Result<Kstatus>& status);

}  // namespace taut
