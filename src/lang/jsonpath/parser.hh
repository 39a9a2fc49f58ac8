// Text to nodes, as parser.go reads it.
#pragma once

#include <string_view>

#include "base/result.hh"
#include "lang/jsonpath/node.hh"

namespace taut::jsonpath {

class Parser {
 public:
  // `depth`: how many expressions this text lies in.
  Parser(std::string_view input, int depth) : input_(input), depth_(depth) {}

  // The list of all texts and actions.
  Result<Node> run();

 private:
  static constexpr uint32_t kEnd = UINT32_MAX;

  Status action(Node& list);
  Status step(Node& list);
  Status identifier(Node& list);
  Status recursive(Node& list);
  Status number(Node& list);
  Status array(Node& list);
  Status combined(std::string_view text, Node& list);
  Status key(std::string_view name, Node& list);
  Status slice(std::string_view text, Node& list);
  Status filter(Node& list);
  Status filter_end();
  Status quoted(Node& list, uint32_t quote);
  Status field(Node& list);
  // What the text would be between braces: its list.
  Result<Node> inner(std::string_view text) const;

  bool at(std::string_view prefix) const { return input_.substr(at_).starts_with(prefix); }
  uint32_t next();  // kEnd at the end
  uint32_t peek();
  void back() { at_ -= width_; }
  std::string_view consume();

  std::string_view input_;
  const int depth_;
  size_t at_ = 0, start_ = 0, width_ = 0;
};

}  // namespace taut::jsonpath
