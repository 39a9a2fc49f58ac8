// Checks one value against a compiled schema.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lang/jsonschema/node.hh"
#include "lang/jsonschema/schema.hh"

namespace taut::jsonschema {

// What no keyword has looked at yet, for unevaluatedProperties and unevaluatedItems.
struct Unevaluated {
  std::set<std::string, std::less<>> properties;
  std::set<size_t> items;
  bool empty() const { return properties.empty() && items.empty(); }
  // Keeps what the other, which saw the same value, has not looked at either.
  void keep_common(const Unevaluated& other);
};

// What one check may cost: schemas that lead to themselves twice at each level would take for ever.
struct Effort {
  uint64_t left = 3'000'000;  // steps: a schema on a value; large charts take some ten thousand
  bool passed = false;

  // Whether there was as much left.
  bool spend(uint64_t steps) {
    passed = passed || steps > left;
    left -= passed ? left : steps;
    return !passed;
  }
};

// The chain of schemas that led here.
struct Scope {
  const Node* node;
  const Scope* parent;
  uint64_t value;             // numbers the value that is checked, so that loops on one value are seen
  std::string_view keyword;   // of the reference that led here, or ""
  Effort* effort;             // of the whole check
};

class Validator {
 public:
  // `location` is shared by all levels. `brief`: only whether it fails counts, not why.
  Validator(const Node& node, const Value& value, std::vector<std::string>& location, const Scope& scope, bool brief,
            bool caller_needs_unevaluated);

  std::optional<Failure> run();
  const Unevaluated& unevaluated() const { return unevaluated_; }

 private:
  std::optional<Failure> check_kind();
  void check_object();
  void check_members();
  void check_member(std::string_view name, const Value& member, std::vector<std::string>& refused);
  void check_names();
  void check_dependents(const std::vector<Dependent>& dependents);
  void check_array();
  size_t check_items();
  void check_contains();
  void check_text();
  void check_number();
  void check_references();
  void check_combinations();
  void check_any_of();
  void check_one_of();
  void check_condition();
  void check_unevaluated();

  std::optional<Failure> on_same(const Node& node, std::string_view keyword, bool brief);
  std::optional<Failure> on_child(const Node& node, const Value& child, std::string_view step);
  std::optional<Failure> by_reference(const Node& node, std::string_view keyword);
  std::optional<Failure> check_cycle();
  std::vector<std::string> missing(const std::vector<std::string>& required) const;

  Failure failure(std::string message) const;
  void add(std::optional<Failure> failure) {
    if (failure) failures_.push_back(std::move(*failure));
  }
  void add(std::string message) { failures_.push_back(failure(std::move(message))); }
  void add(std::string message, std::vector<Failure> causes);
  bool settled() const { return brief_ && !failures_.empty(); }

  const Node& node_;
  const Value& value_;
  std::vector<std::string>& location_;
  const Scope& scope_;
  bool brief_;
  Unevaluated unevaluated_;
  std::vector<Failure> failures_;
};

}  // namespace taut::jsonschema
