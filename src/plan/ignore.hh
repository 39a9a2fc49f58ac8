// ignoreDifferences: what a comparison shall not see.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lang/jq/jq.hh"
#include "plan/plan.hh"

namespace taut::plan {

struct IgnoreRule {
  std::string group;  // a glob; "" is the core group
  std::string kind;   // a glob
  std::string name;   // empty: any
  std::string ns;     // empty: any
  std::vector<std::string> json_pointers;
  std::vector<std::shared_ptr<const jq::PathExpression>> jq_expressions;
  std::vector<std::string> managers;  // fields that one of these owns are ignored

  bool applies_to(const Value& object) const;
};

// The object without what the rules' JSON pointers and jq expressions name. What is not there is skipped silently, and
// so is an expression that fails on this object, as Argo CD does.
Value without_ignored(Value object, std::span<const IgnoreRule> rules);

// Drops the changes of fields that a manager named by a rule owns.
void drop_ignored(std::vector<FieldChange>& changes, const Value& object, std::span<const IgnoreRule> rules);

}  // namespace taut::plan
