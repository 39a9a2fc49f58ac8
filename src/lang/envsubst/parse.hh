// The parse tree of a text with substitutions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"

namespace taut::envsubst {

// Text, or a substitution when it has a parameter.
struct Node {
  std::string text;
  bool substitution = false;
  std::string parameter;
  std::string operation;  // "", ":-", "/#", ...
  std::vector<Node> arguments;
};

Result<std::vector<Node>> parse(std::string_view text);

}  // namespace taut::envsubst
