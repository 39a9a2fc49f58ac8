// Walks compiled templates (text/template/exec.go, Go 1.26).
//
// Text is appended to one buffer; an include works on its end and takes what it made off again. Variables live in one
// stack, a frame for each running template.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lang/gotmpl/execution.hh"
#include "lang/gotmpl/node.hh"
#include "lang/gotmpl/stack_guard.hh"

namespace taut::gotmpl {

class Evaluator {
 public:
  Evaluator(Execution& run, MissingKey missing_key, const Limits& limits)
      : run_(run), heap_(run.heap()), missing_key_(missing_key), limits_(limits) {}

  void trace(std::vector<Origin>* origins, std::vector<Read>* reads) {
    origins_ = origins;
    reads_ = reads;
  }

  // What a failing template throws; caught where functions and callers come in.
  struct Failure {
    Error error;
  };

  // Runs a template and gives the text it made, off the end of the buffer. The text lives until the next call.
  // Throws Failure, for limits too, and leaves everything as it was before then.
  std::string_view run(const Template& called, const Value& data);
  // Runs a template; its text stays at the end of the buffer and is taken by `take`.
  std::string take(const Template& called, const Value& dot);

 private:
  enum class Flow : uint8_t { kOn, kBreak, kContinue };
  // The value that the stage before in a pipeline gave, or nullptr.
  using Final = const Value*;
  using Arguments = std::span<const SyntaxNode* const>;
  class Saved;

  // evaluator.cc: control
  void run_frame(const Template& called, const Value& dot, int depth);
  Flow walk(const SyntaxNode& node, const Value& dot);
  Flow walk_list(const ListNode& list, const Value& dot);
  Flow walk_branch(const BranchNode& node, const Value& dot);
  void walk_template(const TemplateNode& node, const Value& dot);
  void print(const SyntaxNode& node, const Value& value);
  // evaluator_range.cc
  Flow walk_range(const BranchNode& node, const Value& dot);
  bool range_items(const BranchNode& node, const Value& over);
  bool range_list(const BranchNode& node, const List& list);
  bool range_map(const BranchNode& node, const Map& map);
  bool range_number(const BranchNode& node, const Value& over);
  bool iterate(const BranchNode& node, const Value& index, const Value& item);

  // evaluator_pipeline.cc
  Value pipeline(const PipeNode& pipe, const Value& dot);
  Value command(const CommandNode& command, const Value& dot, Final final);
  Value constant(const SyntaxNode& node, const Value& dot);
  Value number(const NumberNode& node);
  void not_a_function(Arguments arguments, Final final);
  Value field_node(const FieldNode& node, const Value& dot, Arguments arguments, Final final);
  Value variable_node(const VariableNode& node, const Value& dot, Arguments arguments, Final final);
  Value chain_node(const ChainNode& node, const Value& dot, Arguments arguments, Final final);
  Value field_chain(std::span<const std::string_view> names, const SyntaxNode& node, const Value& dot, Value receiver,
                    Arguments arguments, Final final);
  Value field(std::string_view name, const SyntaxNode& node, const Value& dot, const Value& receiver,
              Arguments arguments, Final final);
  Value map_field(std::string_view name, const Map& map);
  void assign(const VariableNode& variable, const Value& value);

  // evaluator_call.cc
  Value function(const IdentifierNode& node, const SyntaxNode& whole, const Value& dot, Arguments arguments,
                 Final final);
  Value call(const Callable& callable, const Value& receiver, const SyntaxNode& whole, std::string_view name,
             const Value& dot, Arguments arguments, Final final);
  void check_count(const Signature& signature, std::string_view name, Arguments arguments, Final final);
  void charge(std::span<const Value> arguments);
  Value short_circuit(const Callable& callable, const Value& dot, Arguments arguments, Final final);
  Value argument(const Parameter& parameter, const SyntaxNode& node, const Value& dot);
  Value literal_argument(const Parameter& parameter, const SyntaxNode& node);
  Value number_argument(const Parameter& parameter, const SyntaxNode& node);
  Value checked(const Value& value, const Parameter& parameter);
  const Callable& method_callable(const Function& method);

  void at(const SyntaxNode& node) { node_ = &node; }
  void step() {
    if (++steps_ > limits_.steps) throw LimitPassed{fmt::format("number of steps ({})", limits_.steps)};
  }
  void note_origin(const SyntaxNode& node, bool literal) {
    if (origins_ && captures_ == 0)
      origins_->push_back({out_.size(), template_->source->name, node.position, literal, reads_ ? reads_->size() : 0});
  }
  void check_output() {
    if (out_.size() > limits_.output - given_) throw LimitPassed{fmt::format("size of the output ({} MiB)", limits_.output >> 20)};
  }
  // Leaves with "template: NAME:LINE:COLUMN: executing NAME at <NODE>: MESSAGE".
  [[noreturn]] void fail_here(std::string_view message, Code code = Code::kInvalid);
  Value& slot(int32_t number) { return slots_[frame_ + static_cast<size_t>(number)]; }

  Execution& run_;
  Heap& heap_;
  MissingKey missing_key_;
  Limits limits_;
  StackGuard stack_;
  std::string out_;
  std::vector<Value> slots_;
  size_t frame_ = 0;
  const Template* template_ = nullptr;
  const SyntaxNode* node_ = nullptr;
  uint64_t steps_ = 0;
  size_t given_ = 0;  // bytes of the texts that were taken
  int depth_ = 0;
  int captures_ = 0;  // texts that are being made for functions
  std::vector<Origin>* origins_ = nullptr;
  std::vector<Read>* reads_ = nullptr;
  std::unordered_map<const Function*, Callable> methods_;
};

}  // namespace taut::gotmpl
