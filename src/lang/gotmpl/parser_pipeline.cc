// The parser's tokens and what stands between the delimiters of an action.
#include <algorithm>

#include "base/strings.hh"
#include "lang/gotmpl/parser.hh"

namespace taut::gotmpl {

constexpr int kMaxParentheses = 10000;  // Go's maxStackDepth

const Token& Parser::next() {
  if (peeked_ > 0) --peeked_;
  else tokens_[0] = lexer_.next();
  return tokens_[peeked_];
}

// Puts back `first` before the token that was read last.
void Parser::backup(Token first) {
  tokens_[1] = first;
  peeked_ = 2;
}

void Parser::backup(Token first, Token second) {
  tokens_[1] = second;
  tokens_[2] = first;
  peeked_ = 3;
}

const Token& Parser::peek() {
  if (peeked_ > 0) return tokens_[peeked_ - 1];
  peeked_ = 1;
  tokens_[0] = lexer_.next();
  return tokens_[0];
}

const Token& Parser::next_word() {
  for (;;) {
    const Token& token = next();
    if (token.type != TokenType::kSpace) return token;
  }
}

const Token& Parser::peek_word() {
  while (peek().type == TokenType::kSpace) next();
  return peek();
}

Token Parser::expect(TokenType type, std::string_view context) {
  Token token = next_word();
  if (token.type != type) unexpected(token, context);
  return token;
}

uint32_t Parser::line_at(uint32_t position) const {
  auto start = parsed_.text.begin();
  return 1 + static_cast<uint32_t>(std::count(start, start + position, '\n'));
}

void Parser::stop(std::string_view message, uint32_t position) {
  uint32_t line = line_at(position == kNowhere ? tokens_[0].position : position);
  throw Stop{Error(Code::kInvalid, fmt::format("template: {}:{}: {}", parsed_.name, line, message))};
}

void Parser::unexpected(const Token& token, std::string_view context) {
  if (token.type != TokenType::kError) stop(fmt::format("unexpected {} in {}", token_text(token), context));
  std::string extra;
  if (tree_.action != kNowhere && line_at(tree_.action) != line_at(token.position)) {
    // "unclosed action" already says what was started.
    std::string_view what = token.text.ends_with(" action") ? " started at" : " in action started at";
    extra = fmt::format("{} {}:{}", what, parsed_.name, line_at(tree_.action));
  }
  stop(std::string(token.text) + extra);
}

void Parser::check_depth() {
  if (stack_.passed()) stop("max nesting depth exceeded");
}

const PipeNode* Parser::pipeline(std::string_view context, TokenType end) {
  auto* pipe = make<PipeNode>(NodeType::kPipe, peek_word().position);
  std::vector<VariableNode*> variables;
  bool assigns = false;
  while (declaration(assigns, variables, context)) {
  }
  size_t mark = pending_.size();
  for (;;) {
    Token token = next_word();
    if (token.type == end) break;
    switch (token.type) {
      case TokenType::kBool:
      case TokenType::kCharConstant:
      case TokenType::kComplex:
      case TokenType::kDot:
      case TokenType::kField:
      case TokenType::kIdentifier:
      case TokenType::kNumber:
      case TokenType::kNil:
      case TokenType::kRawString:
      case TokenType::kString:
      case TokenType::kVariable:
      case TokenType::kLeftParen:
        backup();
        pending_.push_back(command());
        break;
      default: unexpected(token, context);
    }
  }
  pipe->commands = take_pending<CommandNode>(mark);
  check_pipeline(*pipe, context);
  declare(*pipe, assigns, variables);
  return pipe;
}

// Reads one variable of `$x :=`, `$x =` or `$i, $x :=`; true if another one must follow.
bool Parser::declaration(bool& assigned, std::vector<VariableNode*>& variables, std::string_view context) {
  if (peek_word().type != TokenType::kVariable) return false;
  Token name = next();
  Token after = peek();
  Token following = peek_word();
  bool assigns = following.type == TokenType::kAssign;
  bool comma = following.type == TokenType::kChar && following.text == ",";
  if (!assigns && !comma && following.type != TokenType::kDeclare) {
    if (after.type == TokenType::kSpace) backup(name, after);
    else backup(name);
    return false;
  }
  if (!comma) assigned = assigns;
  next_word();
  auto* node = make<VariableNode>(NodeType::kVariable, name.position);
  node->name = name.text;
  variables.push_back(node);
  tree_.known.push_back(name.text);
  if (!comma) return false;
  if (context == "range" && variables.size() < 2) {
    TokenType then = peek_word().type;
    if (then == TokenType::kVariable || then == TokenType::kRightDelimiter || then == TokenType::kRightParen) {
      return then == TokenType::kVariable;
    }
    stop("range can only initialize variables");
  }
  stop(fmt::format("too many declarations in {}", context));
}

// Gives the variables of a pipeline their slots. They are there only after its commands have run.
void Parser::declare(PipeNode& pipe, bool assigns, const std::vector<VariableNode*>& variables) {
  if (variables.empty()) return;
  for (VariableNode* variable : variables) {
    variable->slot = assigns ? slot_of(variable->name) : static_cast<int32_t>(tree_.slots++);
    if (!assigns) tree_.scope.push_back({variable->name, variable->slot});
  }
  auto nodes = keep(std::vector<const VariableNode*>(variables.begin(), variables.end()));
  pipe.set = new (parsed_.arena.take(sizeof(PipeNode::Variables))) PipeNode::Variables{assigns, nodes};
}

int32_t Parser::slot_of(std::string_view name) const {
  auto found = std::find_if(tree_.scope.rbegin(), tree_.scope.rend(), [&](const auto& v) { return v.name == name; });
  return found == tree_.scope.rend() ? kUndefined : found->slot;
}

void Parser::check_pipeline(const PipeNode& pipe, std::string_view context) {
  if (pipe.commands.empty()) stop(fmt::format("missing value for {}", context));
  for (size_t i = 1; i < pipe.commands.size(); ++i) {
    switch (pipe.commands[i]->arguments[0]->type) {
      case NodeType::kBool:
      case NodeType::kDot:
      case NodeType::kNil:
      case NodeType::kNumber:
      case NodeType::kString: stop(fmt::format("non executable command in pipeline stage {}", i + 1));
      default: break;
    }
  }
}

const CommandNode* Parser::command() {
  auto* node = make<CommandNode>(NodeType::kCommand, peek_word().position);
  size_t mark = pending_.size();
  for (;;) {
    peek_word();
    if (const SyntaxNode* argument = operand()) pending_.push_back(argument);
    Token token = next();
    if (token.type == TokenType::kSpace) continue;
    if (token.type == TokenType::kRightDelimiter || token.type == TokenType::kRightParen) backup();
    else if (token.type != TokenType::kPipe) unexpected(token, "operand");
    break;
  }
  node->arguments = take_pending<SyntaxNode>(mark);
  if (node->arguments.empty()) stop("empty command");
  return node;
}

const SyntaxNode* Parser::operand() {
  const SyntaxNode* node = term();
  if (node != nullptr && peek().type == TokenType::kField) return with_fields(node);
  return node;
}

// A term followed by fields: x.a.b
const SyntaxNode* Parser::with_fields(const SyntaxNode* node) {
  uint32_t position = peek().position;
  std::vector<std::string_view> names;
  if (node->type == NodeType::kField) {
    auto own = static_cast<const FieldNode*>(node)->names;
    names.assign(own.begin(), own.end());
  } else if (node->type == NodeType::kVariable) {
    auto own = static_cast<const VariableNode*>(node)->fields;
    names.assign(own.begin(), own.end());
  }
  while (peek().type == TokenType::kField) names.push_back(next().text.substr(1));
  switch (node->type) {
    case NodeType::kField: {
      auto* field = make<FieldNode>(NodeType::kField, position);
      field->names = keep(names);
      return field;
    }
    case NodeType::kVariable: {
      auto* variable = make<VariableNode>(NodeType::kVariable, position);
      variable->name = static_cast<const VariableNode*>(node)->name;
      variable->slot = static_cast<const VariableNode*>(node)->slot;
      variable->fields = keep(names);
      return variable;
    }
    case NodeType::kBool:
    case NodeType::kString:
    case NodeType::kNumber:
    case NodeType::kNil:
    case NodeType::kDot: stop(fmt::format("unexpected . after term {}", quote(node_text(*node))));
    default: break;
  }
  auto* chain = make<ChainNode>(NodeType::kChain, position);
  chain->node = node;
  chain->fields = keep(names);
  return chain;
}

const SyntaxNode* Parser::term() {
  Token token = next_word();
  switch (token.type) {
    case TokenType::kIdentifier: {
      auto* node = make<IdentifierNode>(NodeType::kIdentifier, token.position);
      node->name = token.text;
      node->function = functions_.find(token.text);
      if (node->function == nullptr) stop(fmt::format("function {} not defined", quote(token.text)));
      return node;
    }
    case TokenType::kDot: return make<SyntaxNode>(NodeType::kDot, token.position);
    case TokenType::kNil: return make<SyntaxNode>(NodeType::kNil, token.position);
    case TokenType::kVariable: return variable(token);
    case TokenType::kField: {
      auto* node = make<FieldNode>(NodeType::kField, token.position);
      node->names = keep(std::vector<std::string_view>{token.text.substr(1)});
      return node;
    }
    case TokenType::kBool: {
      auto* node = make<BoolNode>(NodeType::kBool, token.position);
      node->truth = token.text == "true";
      return node;
    }
    case TokenType::kCharConstant:
    case TokenType::kComplex:
    case TokenType::kNumber: return number(token);
    case TokenType::kLeftParen: return parenthesized();
    case TokenType::kString:
    case TokenType::kRawString: {
      auto* node = make<StringNode>(NodeType::kString, token.position);
      node->quoted = token.text;
      node->text = text_of(token);
      return node;
    }
    default: break;
  }
  backup();
  return nullptr;
}

const SyntaxNode* Parser::parenthesized() {
  if (depth_ >= kMaxParentheses || stack_.passed()) stop("max expression depth exceeded");
  ++depth_;
  const SyntaxNode* pipe = pipeline("parenthesized pipeline", TokenType::kRightParen);
  --depth_;
  return pipe;
}

const SyntaxNode* Parser::number(const Token& token) {
  auto* node = make<NumberNode>(NodeType::kNumber, token.position);
  NumberForm form = token.type == TokenType::kCharConstant ? NumberForm::kCharacter
                    : token.type == TokenType::kComplex    ? NumberForm::kComplex
                                                           : NumberForm::kPlain;
  if (Status status = read_number(token.text, form, *node); !status) stop(status.error().message());
  return node;
}

const SyntaxNode* Parser::variable(const Token& token) {
  auto& known = tree_.known;
  if (std::find(known.begin(), known.end(), token.text) == known.end()) {
    stop(fmt::format("undefined variable {}", quote(token.text)));
  }
  auto* node = make<VariableNode>(NodeType::kVariable, token.position);
  node->name = token.text;
  node->slot = slot_of(token.text);
  return node;
}

}  // namespace taut::gotmpl
