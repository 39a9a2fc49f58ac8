#include "base/strings.hh"
#include "lang/gotmpl/node.hh"

namespace taut::gotmpl {
namespace {

void write(std::string& out, const SyntaxNode& node);

template <class T>
const T& as(const SyntaxNode& node) {
  return static_cast<const T&>(node);
}

void write_names(std::string& out, std::span<const std::string_view> names) {
  for (std::string_view name : names) {
    out += '.';
    out += name;
  }
}

void write_in_parentheses(std::string& out, const SyntaxNode& node) {
  bool pipe = node.type == NodeType::kPipe;
  if (pipe) out += '(';
  write(out, node);
  if (pipe) out += ')';
}

void write_command(std::string& out, const CommandNode& node) {
  bool first = true;
  for (const SyntaxNode* argument : node.arguments) {
    if (!first) out += ' ';
    first = false;
    write_in_parentheses(out, *argument);
  }
}

void write_pipe(std::string& out, const PipeNode& node) {
  for (size_t i = 0; i < node.variables().size(); ++i) {
    if (i > 0) out += ", ";
    write(out, *node.variables()[i]);
  }
  if (node.set) out += node.set->assigned ? " = " : " := ";
  for (size_t i = 0; i < node.commands.size(); ++i) {
    if (i > 0) out += " | ";
    write_command(out, *node.commands[i]);
  }
}

void write_branch(std::string& out, std::string_view keyword, const BranchNode& node) {
  out += "{{";
  out += keyword;
  out += ' ';
  write_pipe(out, *node.pipe);
  out += "}}";
  write(out, *node.list);
  if (node.otherwise) {
    out += "{{else}}";
    write(out, *node.otherwise);
  }
  out += "{{end}}";
}

void write_template(std::string& out, const TemplateNode& node) {
  out += "{{template ";
  out += quote(node.name);
  if (node.pipe) {
    out += ' ';
    write_pipe(out, *node.pipe);
  }
  out += "}}";
}

void write_action(std::string& out, const ActionNode& node) {
  out += "{{";
  write_pipe(out, *node.pipe);
  out += "}}";
}

void write(std::string& out, const SyntaxNode& node) {
  switch (node.type) {
    case NodeType::kText:
    case NodeType::kComment: out += as<TextNode>(node).text; break;
    case NodeType::kAction: write_action(out, as<ActionNode>(node)); break;
    case NodeType::kIf: write_branch(out, "if", as<BranchNode>(node)); break;
    case NodeType::kRange: write_branch(out, "range", as<BranchNode>(node)); break;
    case NodeType::kWith: write_branch(out, "with", as<BranchNode>(node)); break;
    case NodeType::kTemplate: write_template(out, as<TemplateNode>(node)); break;
    case NodeType::kBreak: out += "{{break}}"; break;
    case NodeType::kContinue: out += "{{continue}}"; break;
    case NodeType::kElse: out += "{{else}}"; break;
    case NodeType::kEnd: out += "{{end}}"; break;
    case NodeType::kList:
      for (const SyntaxNode* child : as<ListNode>(node).nodes) write(out, *child);
      break;
    case NodeType::kPipe: write_pipe(out, as<PipeNode>(node)); break;
    case NodeType::kCommand: write_command(out, as<CommandNode>(node)); break;
    case NodeType::kIdentifier: out += as<IdentifierNode>(node).name; break;
    case NodeType::kVariable:
      out += as<VariableNode>(node).name;
      write_names(out, as<VariableNode>(node).fields);
      break;
    case NodeType::kField: write_names(out, as<FieldNode>(node).names); break;
    case NodeType::kChain:
      write_in_parentheses(out, *as<ChainNode>(node).node);
      write_names(out, as<ChainNode>(node).fields);
      break;
    case NodeType::kDot: out += '.'; break;
    case NodeType::kNil: out += "nil"; break;
    case NodeType::kBool: out += as<BoolNode>(node).truth ? "true" : "false"; break;
    case NodeType::kNumber: out += as<NumberNode>(node).text; break;
    case NodeType::kString: out += as<StringNode>(node).quoted; break;
  }
}

}  // namespace

std::string node_text(const SyntaxNode& node) {
  std::string out;
  write(out, node);
  return out;
}

}  // namespace taut::gotmpl
