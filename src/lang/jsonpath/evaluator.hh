// Runs a template on an object, as jsonpath.go does, step by step: each turns the values at hand into others.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hh"
#include "lang/jsonpath/jsonpath.hh"
#include "lang/jsonpath/node.hh"
#include "value/value.hh"

namespace taut::jsonpath {

// A value; nothing is Go's invalid reflect.Value, which the items of a range that are null become.
using Item = std::optional<Value>;
using Items = std::vector<Item>;

class Evaluator {
 public:
  Evaluator(const Node& root, const Options& options) : nodes_(root.nodes), options_(options), left_(options.most) {}

  // The values of each text and action, in order.
  Status run(const Item& data, std::vector<Items>& out) { return run(data, 0, out); }

 private:
  // A step that fails still gives values: a filter that asks whether something exists looks at those only.
  struct Found {
    Items items;
    std::optional<Error> error;
  };

  Status run(const Item& data, size_t from, std::vector<Items>& out);
  Status run_range(const Items& over, size_t from, std::vector<Items>& out);
  Found walk(Items input, const Node& node);
  Found list(Items input, const Node& node);
  Found identifier(Items input, const Node& node);
  Found field(const Items& input, const Node& node);
  Found array(const Items& input, const Node& node);
  Found all_of(const Items& input, const Node& node);  // a union
  Found wildcard(const Items& input);
  Found filter(const Items& input, const Node& node);
  Result<bool> passes(const Value& value, const Node& node);
  void descend(const Item& value, Items& out);
  void spend(size_t values);

  static Found failed(Items items, std::string message);

  const std::vector<Node>& nodes_;
  const Options& options_;
  size_t left_;
  int begin_range_ = 0, in_range_ = 0, end_range_ = 0;
  size_t last_end_ = SIZE_MAX;
};

}  // namespace taut::jsonpath
