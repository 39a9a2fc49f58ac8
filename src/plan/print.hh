// A Plan for people.
#pragma once

#include <string>

#include "plan/plan.hh"

namespace taut::plan {

struct PrintOptions {
  bool color = false;
  bool unchanged = false;  // also list what stays as it is
};

// One block a step in the order of the sync, each change on a line with its owner, and a last line that counts:
// "3 to create, 1 to change, 1 to prune, 2 unchanged".
std::string to_text(const Plan& plan, const PrintOptions& options = {});

}  // namespace taut::plan
