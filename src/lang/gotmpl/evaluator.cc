#include "lang/gotmpl/evaluator.hh"

#include <algorithm>

#include "base/strings.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl {
namespace {

constexpr int kMaxDepth = 100'000;  // Go's maxExecDepth

// Whether Go can take the address of what an action prints, and so finds a String() that belongs to the pointer: what a
// function gave has none, nor what lies in an interface.
bool has_address(const SyntaxNode& action, const Value& value) {
  if (!value.type().pointer_stringer || value.boxed()) return false;
  const auto& commands = static_cast<const ActionNode&>(action).pipe->commands;
  return commands.size() == 1 && commands[0]->arguments[0]->type != NodeType::kIdentifier;
}

template <class T>
const T& as(const SyntaxNode& node) {
  return static_cast<const T&>(node);
}

// As append_value, but a pointer is shown as what it points to.
void append_pointed(std::string& out, const Value& value) {
  const size_t start = out.size();
  append_value(out, value);
  if (value.is_struct() && value.type().pointer && out.compare(start, 1, "&") == 0) out.erase(start, 1);
}

}  // namespace

// Puts back what a template changes when it is left, in whatever way.
class Evaluator::Saved {
 public:
  explicit Saved(Evaluator& evaluator)
      : evaluator_(evaluator),
        template_(evaluator.template_),
        node_(evaluator.node_),
        frame_(evaluator.frame_),
        slots_(evaluator.slots_.size()),
        depth_(evaluator.depth_),
        captures_(evaluator.captures_) {}
  Saved(const Saved&) = delete;
  Saved& operator=(const Saved&) = delete;
  ~Saved() {
    evaluator_.template_ = template_;
    evaluator_.node_ = node_;
    evaluator_.frame_ = frame_;
    evaluator_.slots_.resize(slots_);
    evaluator_.depth_ = depth_;
    evaluator_.captures_ = captures_;
  }

 private:
  Evaluator& evaluator_;
  const Template* template_;
  const SyntaxNode* node_;
  size_t frame_, slots_;
  int depth_, captures_;
};

void Evaluator::fail_here(std::string_view message, Code code) {
  const Parsed& source = *template_->source;
  std::string_view before = source.text.substr(0, node_->position);
  size_t line_start = before.rfind('\n');
  size_t column = line_start == std::string_view::npos ? before.size() : before.size() - line_start - 1;
  auto line = std::count(before.begin(), before.end(), '\n') + 1;
  throw Failure{Error(code, fmt::format("template: {}:{}:{}: executing {} at <{}>: {}", source.name, line, column,
                                        quote(template_->name), node_text(*node_), message))};
}

std::string_view Evaluator::run(const Template& called, const Value& data) {
  // What is given as an interface {} is seen as what it holds.
  Value dot = data.is_nil() ? Value() : data.boxed(false);
  size_t start = out_.size();
  Saved saved(*this);
  ++captures_;
  try {
    run_frame(called, dot, 0);
  } catch (...) {
    out_.resize(start);
    throw;
  }
  std::string_view made = heap_.copy(std::string_view(out_).substr(start));
  out_.resize(start);
  return made;
}

std::string Evaluator::take(const Template& called, const Value& dot) {
  if (!out_.empty()) return std::string(run(called, dot));
  try {
    run_frame(called, dot.is_nil() ? Value() : dot, 0);
  } catch (...) {
    out_.clear();
    throw;
  }
  given_ += out_.size();
  return std::exchange(out_, {});
}

void Evaluator::run_frame(const Template& called, const Value& dot, int depth) {
  Saved saved(*this);
  size_t base = slots_.size();
  slots_.resize(base + called.slots);
  slots_[base] = dot;
  frame_ = base;
  template_ = &called;
  depth_ = depth;
  at(*called.root);
  try {
    walk_list(*called.root, dot);
  } catch (const LimitPassed& limit) {
    fail_here(fmt::format("the limit on the {} was passed", limit.what), Code::kLimit);
  }
}

Evaluator::Flow Evaluator::walk_list(const ListNode& list, const Value& dot) {
  for (const SyntaxNode* node : list.nodes) {
    if (Flow flow = walk(*node, dot); flow != Flow::kOn) return flow;
  }
  return Flow::kOn;
}

Evaluator::Flow Evaluator::walk(const SyntaxNode& node, const Value& dot) {
  step();
  at(node);
  switch (node.type) {
    case NodeType::kText:
      note_origin(node, true);
      out_ += as<TextNode>(node).text;
      check_output();
      return Flow::kOn;
    case NodeType::kAction: {
      const PipeNode& pipe = *as<ActionNode>(node).pipe;
      Value value = pipeline(pipe, dot);
      if (pipe.set == nullptr) print(node, value);
      return Flow::kOn;
    }
    case NodeType::kIf:
    case NodeType::kWith: return walk_branch(as<BranchNode>(node), dot);
    case NodeType::kRange: return walk_range(as<BranchNode>(node), dot);
    case NodeType::kTemplate: walk_template(as<TemplateNode>(node), dot); return Flow::kOn;
    case NodeType::kList: return walk_list(as<ListNode>(node), dot);
    case NodeType::kBreak: return Flow::kBreak;
    case NodeType::kContinue: return Flow::kContinue;
    default: return Flow::kOn;
  }
}

Evaluator::Flow Evaluator::walk_branch(const BranchNode& node, const Value& dot) {
  Value value = pipeline(*node.pipe, dot);
  if (truth(value)) return walk_list(*node.list, node.type == NodeType::kWith ? value : dot);
  return node.otherwise ? walk_list(*node.otherwise, dot) : Flow::kOn;
}

void Evaluator::walk_template(const TemplateNode& node, const Value& dot) {
  const Template* called = run_.set().find(node.name);
  if (called == nullptr) fail_here(fmt::format("template {} not defined", quote(node.name)));
  if (depth_ == kMaxDepth || stack_.passed()) {
    fail_here(fmt::format("exceeded maximum template depth ({})", kMaxDepth), Code::kLimit);
  }
  Value inner = node.pipe ? pipeline(*node.pipe, dot) : Value();
  run_frame(*called, inner, depth_ + 1);
}

void Evaluator::print(const SyntaxNode& node, const Value& value) {
  at(node);
  note_origin(node, false);
  if (value.is_nil()) out_ += "<no value>";
  else if (value.is_struct() && has_address(node, value)) out_ += value.type().stringer(value);
  else append_pointed(out_, value);
  check_output();
}

}  // namespace taut::gotmpl
