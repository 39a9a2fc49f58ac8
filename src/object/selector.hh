// Label and field selectors in the text form of the API ("a=b,c in (d,e),!f"), as apimachinery reads them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut {

class LabelSelector {
 public:
  // Matches everything.
  LabelSelector() = default;
  // The comma-separated form: `k`, `!k`, `k=v`, `k==v`, `k!=v`, `k in (a,b)`, `k notin (a,b)`, `k>1`, `k<1`.
  // Fails with kInvalid and the words of apimachinery ("unable to parse requirement: ...").
  static Result<LabelSelector> parse(std::string_view text);
  // A metav1.LabelSelector: matchLabels and matchExpressions.
  static Result<LabelSelector> of(const Value& selector);

  // `labels` is a map of strings, or null. A key that is absent satisfies `!=` and `notin`.
  bool matches(const Value& labels) const;
  bool empty() const { return requirements_.empty(); }

 private:
  enum class Operator { kExists, kAbsent, kIn, kNotIn, kGreater, kLess };
  struct Requirement {
    std::string key;
    Operator op;
    std::vector<std::string> values;
  };
  class Parser;
  static bool holds(const Requirement& requirement, const Value& labels);
  std::vector<Requirement> requirements_;
};

class FieldSelector {
 public:
  FieldSelector() = default;
  // `path=value`, `path==value` and `path!=value` joined by commas; `\`, `,` and `=` escaped by a backslash.
  static Result<FieldSelector> parse(std::string_view text);
  // Compares texts; a field that is absent counts as "". Numbers and bools are compared as JSON prints them.
  bool matches(const Value& object) const;
  bool empty() const { return terms_.empty(); }

 private:
  struct Term {
    std::vector<std::string> path;
    std::string value;
    bool negated;
  };
  std::vector<Term> terms_;
};

}  // namespace taut
