// Calls of functions and methods, and what their arguments may be.
#include <array>
#include <vector>

#include "base/strings.hh"
#include "lang/gotmpl/evaluator.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl {
namespace {

template <class T>
const T& as(const SyntaxNode& node) {
  return static_cast<const T&>(node);
}

// Room for the arguments of a call: most calls have few.
class ArgumentRoom {
 public:
  explicit ArgumentRoom(size_t count) {
    if (count > few_.size()) many_.resize(count);
    at_ = count > few_.size() ? many_.data() : few_.data();
  }
  Value& operator[](size_t index) { return at_[index]; }
  std::span<const Value> first(size_t count) const { return {at_, count}; }

 private:
  std::array<Value, 6> few_;
  std::vector<Value> many_;
  Value* at_;
};

bool is_named(const Type& type) { return !type.name.starts_with("[]") && !type.name.starts_with("map["); }

// Go's assignability: the same type, or the same shape if one of the two has no name of its own.
bool fits(const Type& type, const Parameter& parameter) {
  if (&type == parameter.type) return true;
  if (parameter.type == nullptr || type.name == parameter.name) return type.name == parameter.name;
  bool container = type.kind == Kind::kList || type.kind == Kind::kMap;
  return container && type.kind == parameter.type->kind && type.element == parameter.type->element &&
         !(is_named(type) && is_named(*parameter.type));
}

// Go's name for what is called at the end of a pipeline: reflect.Value.String().
std::string called_name(const Value& value) {
  if (value.is_string()) return std::string(value.as_text());
  return value.is_valid() ? fmt::format("<{} Value>", value.type().name) : "<invalid Value>";
}

// What failed is told anew by all that called it: of a very long story the start and the end.
std::string shortened(const std::string& message) {
  constexpr size_t kLongest = size_t{256} << 10;
  if (message.size() <= kLongest) return message;
  return message.substr(0, kLongest / 2) + " ... " + message.substr(message.size() - kLongest / 2);
}

bool can_be_nil(const Parameter& parameter) {
  if (parameter.type == nullptr) return parameter.name.starts_with("*");
  switch (parameter.type->kind) {
    case Kind::kNil:
    case Kind::kList:
    case Kind::kMap:
    case Kind::kBytes: return true;
    default: return false;
  }
}

}  // namespace

Value Evaluator::function(const IdentifierNode& node, const SyntaxNode& whole, const Value& dot, Arguments arguments,
                          Final final) {
  at(node);
  return call(*node.function, Value(), whole, node.name, dot, arguments, final);
}

const Callable& Evaluator::method_callable(const Function& method) {
  auto [found, added] = methods_.try_emplace(&method);
  if (added) found->second = Callable{&method, parse_signature(method.parameters)};
  return found->second;
}

void Evaluator::check_count(const Signature& signature, std::string_view name, Arguments arguments, Final final) {
  size_t count = arguments.size() + (final ? 1 : 0);
  if (signature.variadic && count < signature.least()) {
    fail_here(fmt::format("wrong number of args for {}: want at least {} got {}", name, signature.least(),
                          arguments.size()));
  }
  if (!signature.variadic && count != signature.parameters.size()) {
    fail_here(fmt::format("wrong number of args for {}: want {} got {}", name, signature.parameters.size(), count));
  }
}

// `arguments`, if there are any, begin with what is called.
Value Evaluator::call(const Callable& callable, const Value& receiver, const SyntaxNode& whole, std::string_view name,
                      const Value& dot, Arguments arguments, Final final) {
  step();
  Arguments given = arguments.empty() ? arguments : arguments.subspan(1);
  const Signature& signature = callable.signature;
  check_count(signature, name, given, final);
  if (callable.special == Callable::Special::kAnd || callable.special == Callable::Special::kOr) {
    return short_circuit(callable, dot, given, final);
  }
  ArgumentRoom room(given.size() + 2);
  size_t count = 0;
  if (callable.special == Callable::Special::kCall) {
    room[count++] = heap_.text(given.empty() ? called_name(*final) : node_text(*given[0]));
  }
  for (size_t i = 0; i < given.size(); ++i) room[count++] = argument(signature.at(i), *given[i], dot);
  if (final) room[count++] = checked(*final, signature.at(given.size()));
  charge(room.first(count));
  Call made{run_, heap_, room.first(count), receiver};
  Result<Value> result = callable.function->run(made);
  if (!result) {
    at(whole);
    fail_here(fmt::format("error calling {}: {}", name, shortened(result.error().message())), result.error().code());
  }
  return *result;
}

// Most functions look at every byte of the texts they are given.
void Evaluator::charge(std::span<const Value> arguments) {
  size_t bytes = 0;
  for (const Value& value : arguments)
    if (value.is_string() || value.kind() == Kind::kBytes) bytes += value.as_text().size();
  if (bytes > 2 * kLongestText) throw LimitPassed{"size of arguments (64 MiB)"};
  heap_.work(bytes);
}

// and, or: give the first argument that decides, and evaluate no other.
Value Evaluator::short_circuit(const Callable& callable, const Value& dot, Arguments arguments, Final final) {
  bool is_or = callable.special == Callable::Special::kOr;
  const Parameter& parameter = callable.signature.parameters[0];
  Value value;
  for (const SyntaxNode* node : arguments) {
    value = argument(parameter, *node, dot);
    if (truth(value) == is_or) return value;
  }
  return final ? *final : value;
}

Value Evaluator::argument(const Parameter& parameter, const SyntaxNode& node, const Value& dot) {
  at(node);
  switch (node.type) {
    case NodeType::kDot: return checked(dot, parameter);
    case NodeType::kNil:
      if (!can_be_nil(parameter)) fail_here(fmt::format("cannot assign nil to {}", parameter.name));
      if (parameter.raw) return {};
      return parameter.type ? heap_.zero(*parameter.type) : Value::nil();
    case NodeType::kField: return checked(field_node(as<FieldNode>(node), dot, {}, nullptr), parameter);
    case NodeType::kVariable: return checked(variable_node(as<VariableNode>(node), dot, {}, nullptr), parameter);
    case NodeType::kPipe: return checked(pipeline(as<PipeNode>(node), dot), parameter);
    case NodeType::kIdentifier:
      return checked(function(as<IdentifierNode>(node), node, dot, {}, nullptr), parameter);
    case NodeType::kChain: return checked(chain_node(as<ChainNode>(node), dot, {}, nullptr), parameter);
    default: break;
  }
  return parameter.any() ? constant(node, dot) : literal_argument(parameter, node);
}

// A literal takes the type of its parameter.
Value Evaluator::literal_argument(const Parameter& parameter, const SyntaxNode& node) {
  Kind kind = parameter.type ? parameter.type->kind : Kind::kStruct;
  switch (kind) {
    case Kind::kBool:
      if (node.type == NodeType::kBool) return Value::boolean(as<BoolNode>(node).truth);
      fail_here("expected bool; found " + node_text(node));
    case Kind::kString:
      if (node.type == NodeType::kString) return Value::text(as<StringNode>(node).text);
      fail_here("expected string; found " + node_text(node));
    case Kind::kInt:
    case Kind::kInt64:
    case Kind::kUint8:
    case Kind::kUint64:
    case Kind::kFloat64: return number_argument(parameter, node);
    default: break;
  }
  fail_here(fmt::format("can't handle {} for arg of type {}", node_text(node), parameter.name));
}

Value Evaluator::number_argument(const Parameter& parameter, const SyntaxNode& node) {
  const auto* number = node.type == NodeType::kNumber ? &as<NumberNode>(node) : nullptr;
  switch (parameter.type->kind) {
    case Kind::kInt:
      if (number && number->is_int) return Value::integer(number->integer);
      fail_here("expected integer; found " + node_text(node));
    case Kind::kInt64:
      if (number && number->is_int) return Value::int64(number->integer);
      fail_here("expected integer; found " + node_text(node));
    case Kind::kFloat64:
      if (number && number->is_float) return Value::real(number->real);
      fail_here("expected float; found " + node_text(node));
    default: break;
  }
  if (!number || !number->is_uint) fail_here("expected unsigned integer; found " + node_text(node));
  return parameter.type->kind == Kind::kUint8 ? Value::uint8(static_cast<uint8_t>(number->natural))
                                              : Value::uint64(number->natural);
}

// The value as a parameter takes it.
Value Evaluator::checked(const Value& value, const Parameter& parameter) {
  if (parameter.any()) return value.is_valid() || parameter.raw ? value : Value::nil();
  if (!value.is_valid()) {
    if (!can_be_nil(parameter)) fail_here(fmt::format("invalid value; expected {}", parameter.name));
    return parameter.type ? heap_.zero(*parameter.type) : Value::nil();
  }
  if (value.named() && fits(value.map().type(), parameter)) return value.named(false);
  if (fits(value.type(), parameter)) return value;
  fail_here(fmt::format("wrong type for value; expected {}; got {}", parameter.name, value.type().name));
}

}  // namespace taut::gotmpl
