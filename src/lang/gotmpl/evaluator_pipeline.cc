// Pipelines, values and fields.
#include "base/strings.hh"
#include "lang/gotmpl/evaluator.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl {
namespace {

template <class T>
const T& as(const SyntaxNode& node) {
  return static_cast<const T&>(node);
}

// What is in an interface {}: nothing is no value at all then.
Value unboxed(const Value& value) { return value.is_nil() ? Value() : value.boxed(false); }

bool is_hex_integer(std::string_view text) {
  return text.size() > 2 && text[0] == '0' && (text[1] | 32) == 'x' &&
         text.find_first_of("pP") == std::string_view::npos;
}

// The type as an error names it.
std::string_view seen_type(const Value& value) { return value.boxed() ? types::kAny.name : value.type().name; }

}  // namespace

Value Evaluator::pipeline(const PipeNode& pipe, const Value& dot) {
  if (stack_.far_passed()) throw LimitPassed{"depth of calls"};
  at(pipe);
  Value value = unboxed(command(*pipe.commands[0], dot, nullptr));
  for (const CommandNode* next : pipe.commands.subspan(1)) value = unboxed(command(*next, dot, &value));
  for (const VariableNode* variable : pipe.variables()) assign(*variable, value);
  return value;
}

void Evaluator::assign(const VariableNode& variable, const Value& value) {
  if (variable.slot == kUndefined) fail_here(fmt::format("undefined variable: {}", variable.name));
  slot(variable.slot) = value;
}

Value Evaluator::command(const CommandNode& command, const Value& dot, Final final) {
  const SyntaxNode& first = *command.arguments[0];
  switch (first.type) {
    case NodeType::kField: return field_node(as<FieldNode>(first), dot, command.arguments, final);
    case NodeType::kChain: return chain_node(as<ChainNode>(first), dot, command.arguments, final);
    case NodeType::kIdentifier:
      return function(as<IdentifierNode>(first), command, dot, command.arguments, final);
    case NodeType::kPipe:
      not_a_function(command.arguments, final);
      return pipeline(as<PipeNode>(first), dot);
    case NodeType::kVariable: return variable_node(as<VariableNode>(first), dot, command.arguments, final);
    default: break;
  }
  at(first);
  not_a_function(command.arguments, final);
  if (first.type == NodeType::kNil) fail_here("nil is not a command");
  return constant(first, dot);
}

// A literal or the dot.
Value Evaluator::constant(const SyntaxNode& node, const Value& dot) {
  switch (node.type) {
    case NodeType::kBool: return Value::boolean(as<BoolNode>(node).truth);
    case NodeType::kNumber: return number(as<NumberNode>(node));
    case NodeType::kString: return Value::text(as<StringNode>(node).text);
    default: return dot;
  }
}

// A number where no type is asked for: its form decides.
Value Evaluator::number(const NumberNode& node) {
  at(node);
  if (node.is_complex) return heap_.complex(node.complex);
  bool looks_real = node.text.find_first_of(".eEpP") != std::string_view::npos;
  if (node.is_float && looks_real && !is_hex_integer(node.text) && node.text[0] != '\'') return Value::real(node.real);
  if (node.is_int) return Value::integer(node.integer);
  if (node.is_uint) fail_here(fmt::format("{} overflows int", node.text));
  return {};
}

void Evaluator::not_a_function(Arguments arguments, Final final) {
  if (arguments.size() > 1 || final != nullptr) {
    fail_here(fmt::format("can't give argument to non-function {}", node_text(*arguments[0])));
  }
}

Value Evaluator::field_node(const FieldNode& node, const Value& dot, Arguments arguments, Final final) {
  at(node);
  return field_chain(node.names, node, dot, dot, arguments, final);
}

Value Evaluator::variable_node(const VariableNode& node, const Value& dot, Arguments arguments, Final final) {
  at(node);
  if (node.slot == kUndefined) fail_here(fmt::format("undefined variable: {}", node.name));
  if (node.fields.empty()) {
    not_a_function(arguments, final);
    return slot(node.slot);
  }
  return field_chain(node.fields, node, dot, slot(node.slot), arguments, final);
}

Value Evaluator::chain_node(const ChainNode& node, const Value& dot, Arguments arguments, Final final) {
  at(node);
  if (node.node->type == NodeType::kNil) {
    fail_here(fmt::format("indirection through explicit nil in {}", node_text(node)));
  }
  static const Parameter kAny{&types::kAny, types::kAny.name, true};
  Value receiver = argument(kAny, *node.node, dot);
  return field_chain(node.fields, node, dot, receiver, arguments, final);
}

Value Evaluator::field_chain(std::span<const std::string_view> names, const SyntaxNode& node, const Value& dot,
                             Value receiver, Arguments arguments, Final final) {
  for (std::string_view name : names.first(names.size() - 1)) receiver = field(name, node, dot, receiver, {}, nullptr);
  return field(names.back(), node, dot, receiver, arguments, final);
}

Value Evaluator::field(std::string_view name, const SyntaxNode& node, const Value& dot, const Value& receiver,
                       Arguments arguments, Final final) {
  if (!receiver.is_valid()) {
    if (missing_key_ == MissingKey::kError) fail_here(fmt::format("nil data; no entry for key {}", quote(name)));
    return {};
  }
  if (receiver.is_nil()) fail_here(fmt::format("nil pointer evaluating {}.{}", types::kAny.name, name));
  const Type& type = receiver.type();
  if (!type.methods.empty()) {
    if (const Function* method = type.method(name)) {
      return call(method_callable(*method), receiver, node, name, dot, arguments, final);
    }
  }
  bool has_arguments = arguments.size() > 1 || final != nullptr;
  if (receiver.is_map()) {
    if (has_arguments) fail_here(fmt::format("{} is not a method but has arguments", name));
    return map_field(name, receiver.map());
  }
  if (receiver.is_struct()) {
    if (is_hidden_field(name) && receiver.object().get(name).is_valid()) {
      fail_here(fmt::format("{} is an unexported field of struct type {}", name, seen_type(receiver)));
    }
    if (Value found = receiver.object().get(name); found.is_valid()) {
      if (has_arguments) fail_here(fmt::format("{} has arguments but cannot be invoked as function", name));
      return found;
    }
  }
  fail_here(fmt::format("can't evaluate field {} in type {}", name, seen_type(receiver)));
}

Value Evaluator::map_field(std::string_view name, const Map& map) {
  if (reads_) reads_->push_back({&map, name});
  const Type* element = map.type().element;
  Value found = map.get(name);
  if (found.is_valid()) return found.boxed(element == nullptr);
  switch (missing_key_) {
    case MissingKey::kDefault: return {};
    case MissingKey::kZero: return element ? heap_.zero(*element) : Value::nil();
    case MissingKey::kError: fail_here(fmt::format("map has no entry for key {}", quote(name)));
  }
  return {};
}

}  // namespace taut::gotmpl
