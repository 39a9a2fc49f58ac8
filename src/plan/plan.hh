// Plan: what a sync would do, as a value. The same Plan is printed, shown, approved by its digest and carried out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hh"
#include "object/id.hh"
#include "plan/intent.hh"
#include "value/value.hh"

namespace taut::plan {

enum class Action : uint8_t { kUnchanged, kCreate, kChange, kRecreate, kPrune, kHook };
std::string_view action_name(Action action);

// One field that an apply would change. `before` is null where the field is new, `after` where it goes away.
struct FieldChange {
  std::string path;   // ".spec.template.spec.containers[name=web].image"
  Value before;
  Value after;
  std::string owner;  // the manager that owns the live field now, if somebody does
  bool operator==(const FieldChange&) const = default;
};

struct Step {
  Action action = Action::kUnchanged;
  Gvk gvk;
  ObjectId id;
  Phase phase = Phase::kSync;
  int wave = 0;
  Value desired;  // null for a prune
  Value live;     // null when it does not exist
  Intent intent;
  std::vector<FieldChange> changes;
  std::string reason;   // why: "not in the cluster", "image changed by kubectl-edit", ...
  std::string refused;  // why it may not be done; empty when it may
  bool implicit = false;  // not in the source: the namespace that the sync creates
  const Value& object() const { return desired.is_null() ? live : desired; }
};

struct Plan {
  std::string unit;
  std::string revision;
  std::vector<Step> steps;  // in the order in which they run

  // How many steps do something.
  size_t changes() const;
  // More than one group of (phase, wave), not counting what is implicit.
  bool multi_step() const;
  // Names what the plan does: equal digests carry out the same.
  Hash128 digest() const;
};

}  // namespace taut::plan
