// Makes the Plan: desired objects against live ones.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "plan/compare.hh"
#include "plan/ignore.hh"
#include "plan/plan.hh"

namespace taut::plan {

// A choice of objects; an empty namespace chooses any, as in a sync operation's `resources`.
struct Selector {
  std::string group;
  std::string kind;
  std::string ns;
  std::string name;
  bool chooses(const ObjectId& id) const;
  bool operator==(const Selector&) const = default;
};

struct Pair {
  Value desired;  // null: live, ours, and no longer wanted
  Value live;     // null: not there
};

struct BuildOptions {
  std::string unit;
  std::string revision;
  std::span<const IgnoreRule> ignore;
  bool prune_last = false;
  // Only these; empty: all. Hooks do not run in a selective sync.
  std::span<const Selector> only;
  bool skip_hooks = false;
  // Follows the generateName of a hook, with the phase in its middle: "<revision>-<phase>-<time>".
  std::string hook_prefix;
  std::string hook_suffix;
  const ObjectRules* rules = nullptr;  // null: Argo CD's annotations
  // Finds the live object for a hook whose name was generated here.
  std::function<Value(const Value& desired)> live;
  // Whether an object may be applied or pruned: the reason why not, or nothing.
  std::function<std::string(const Gvk&, const Value& object)> refuse;
  // Compares one object; the caller may remember.
  std::function<std::vector<FieldChange>(const Value& desired, const Value& live)> compare;
};

// The steps in their order. Skipped objects and hooks of no sync phase make no step.
Plan build(std::span<const Pair> pairs, const BuildOptions& options);

}  // namespace taut::plan
