// Functions and methods that templates call: one row each, in visible tables.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hh"
#include "lang/gotmpl/heap.hh"
#include "lang/gotmpl/value.hh"

namespace taut::gotmpl {

class Execution;

// One call. The arguments fit the signature: the evaluator has checked and converted them with Go's rules and in
// Go's words.
struct Call {
  Execution& run;  // templates, environment, limits: execution.hh
  Heap& heap;
  std::span<const Value> args;
  Value receiver = {};  // of a method

  size_t size() const { return args.size(); }
  const Value& operator[](size_t index) const { return args[index]; }
  // For a parameter of that type in the signature.
  std::string_view text(size_t index) const { return args[index].as_text(); }
  int64_t integer(size_t index) const { return args[index].as_int(); }
};

// An Error becomes "error calling NAME: MESSAGE"; what a Go function would panic with is returned in the same way.
using Implementation = Result<Value> (*)(Call& call);

struct Function {
  std::string_view name;
  // The parameters as Go declares them: "int, string", "string, ...any", "map[string]any, ...string". Types: any,
  // bool, int, int64, uint32, float64, string, []any, []string, []int, []byte, map[string]any, map[string]string,
  // time.Time, or the %T name of a struct ("sprig.certificate").
  // any takes every value, "value" too, but keeps nothing apart from nil (Go's reflect.Value); numbers must be of the very type, but a literal may stand for each number type it fits.
  std::string_view parameters;
  Implementation run;
  // Where the facts about it are: section, and what is odd.
  std::string_view facts = {};
};

// A parameter, from Function::parameters.
struct Parameter {
  const Type* type = nullptr;  // nullptr: a struct that is known by its name only
  std::string_view name;       // of the type, as Go's errors give it
  bool raw = false;            // a reflect.Value

  bool any() const { return type == &types::kAny; }
};

struct Signature {
  std::vector<Parameter> parameters;  // the last one stands for all that follow if variadic
  bool variadic = false;

  size_t least() const { return parameters.size() - (variadic ? 1 : 0); }
  const Parameter& at(size_t index) const {
    return parameters[index < parameters.size() ? index : parameters.size() - 1];
  }
};

Signature parse_signature(std::string_view parameters);

// A function that a parser has found, with its signature.
struct Callable {
  const Function* function;
  Signature signature;
  // The evaluator runs these itself: not all arguments are evaluated, or it must know how they are written.
  enum class Special : uint8_t { kNone, kAnd, kOr, kCall } special = Special::kNone;
};

// The functions of a template set. Immutable once built; shared between threads.
class FunctionTable {
 public:
  // Go's own functions (builtins.hh) are always there. A later row takes the place of an earlier one of that name.
  explicit FunctionTable(std::initializer_list<std::span<const Function>> tables);
  const Callable* find(std::string_view name) const;

 private:
  std::unordered_map<std::string_view, Callable> rows_;
};

}  // namespace taut::gotmpl
