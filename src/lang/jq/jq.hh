// jq expressions, by libjq: which places of a document an expression names.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hh"
#include "base/time.hh"
#include "value/value.hh"

namespace taut::jq {

// From the root: a key, or an index (counted from the end when negative).
using Path = std::vector<std::variant<std::string, int64_t>>;

// A path expression such as `.spec.containers[] | select(.name == "istio-proxy")`. Thread-safe.
class PathExpression {
 public:
  // Equal texts share one program, which is compiled once. kInvalid with jq's complaint.
  static Result<std::shared_ptr<const PathExpression>> compile(std::string_view text);
  ~PathExpression();

  const std::string& text() const { return text_; }
  // Where it leads in the document. kInvalid with jq's message when it fails on this document ("Cannot iterate over
  // null"), kTimeout when it takes longer than `limit`.
  Result<std::vector<Path>> paths(const Value& document, Duration limit = std::chrono::seconds(1)) const;
  // The document without those places: jq's `del`. Places that are not there are none; numbers, unlike in jq, stay as
  // they are.
  Result<Value> remove(Value document, Duration limit = std::chrono::seconds(1)) const;

 private:
  struct Program;
  explicit PathExpression(std::string text);

  std::string text_;
  std::unique_ptr<Program> program_;
};

}  // namespace taut::jq
