// The JSONPath of kubectl and helm (k8s.io/client-go/util/jsonpath): text with expressions in braces.
//
//   TAUT_ASSIGN(auto path, jsonpath::Template::parse("{range .items[*]}{.metadata.name}{\"\\n\"}{end}"));
//   TAUT_ASSIGN(std::string text, path.print(object));
//
// Fields, ['keys'], indexes and slices with steps, unions, wildcards, recursive descent, filters, range and end, in the
// order and with the errors of that library; what it gives in random order, the values of a map, comes in the order of
// the keys. Numbers are what they are: an integer of YAML or JSON that a Go program reads as a float64 must be given as a
// double, and is then not comparable with an integer in a filter.
//
// Immutable after parsing; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::jsonpath {

struct Node;

struct Options {
  bool allow_missing_keys = false;  // else a field that is nowhere is the error "X is not found"
  // Values looked at and made; a template can ask for endlessly many of a small object. kLimit above.
  size_t most = 5'000'000;
};

class Template {
 public:
  // kInvalid in the library's words: "unclosed action", "unterminated array", "unrecognized character in action: ...".
  static Result<Template> parse(std::string_view text);

  // What Execute writes. kInvalid in the library's words: "hello is not found", "map[string]interface {} is not array or
  // slice".
  Result<std::string> print(const Value& data, const Options& options = {}) const;

 private:
  explicit Template(std::shared_ptr<const Node> root) : root_(std::move(root)) {}
  std::shared_ptr<const Node> root_;
};

}  // namespace taut::jsonpath
