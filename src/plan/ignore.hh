// ignoreDifferences: what a comparison shall not see.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "plan/plan.hh"

namespace taut::plan {

struct IgnoreRule {
  std::string group;  // "" is the core group; "*" any
  std::string kind;   // "*" any
  std::string name;   // empty: any
  std::string ns;     // empty: any
  std::vector<std::string> json_pointers;
  std::vector<std::string> managers;  // fields that one of these owns are ignored

  bool applies_to(const Value& object) const;
};

// The object without what the rules' JSON pointers name; what is not there is skipped silently, as Argo CD does.
Value without_ignored(Value object, std::span<const IgnoreRule> rules);

// Drops the changes of fields that a manager named by a rule owns.
void drop_ignored(std::vector<FieldChange>& changes, const Value& object, std::span<const IgnoreRule> rules);

}  // namespace taut::plan
