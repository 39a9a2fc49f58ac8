// .helmignore, with the rules of helm's pkg/ignore: the first rule that hits decides, and a rule with "!" ignores
// what it does not match.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"

namespace taut::helm {

class IgnoreRules {
 public:
  // The rules of a file, and helm's own (dot files below templates/). kInvalid for "**" and for bad patterns.
  static Result<IgnoreRules> parse(std::string_view text);
  // Whether a path, relative to the chart, is left out; of a folder: with all that is below it.
  bool ignores(std::string_view path, bool folder) const;

 private:
  struct Rule {
    std::string pattern;
    bool negated = false;
    bool folders_only = false;
    bool base_name = false;  // no "/" within: only the last part of the path counts
    bool matches(std::string_view path) const;
  };
  Status add(std::string_view line);
  std::vector<Rule> rules_;
};

}  // namespace taut::helm
