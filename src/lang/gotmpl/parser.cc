#include "lang/gotmpl/parser.hh"

#include <algorithm>
#include <cstring>

#include "base/runes.hh"
#include "base/strings.hh"
#include "base/unicode.hh"

namespace taut::gotmpl {
namespace {

bool is_end(const SyntaxNode& node) { return node.type == NodeType::kEnd || node.type == NodeType::kElse; }

bool is_blank(std::string_view text) {
  while (!text.empty()) {
    if (!is_space(take_rune(text))) return false;
  }
  return true;
}

std::string_view keyword_of(NodeType type) {
  return type == NodeType::kIf ? "if" : type == NodeType::kRange ? "range" : "with";
}

}  // namespace

bool is_empty(const SyntaxNode& node) {
  switch (node.type) {
    case NodeType::kComment: return true;
    case NodeType::kText: return is_blank(static_cast<const TextNode&>(node).text);
    case NodeType::kList: {
      const auto& nodes = static_cast<const ListNode&>(node).nodes;
      return std::all_of(nodes.begin(), nodes.end(), [](const SyntaxNode* child) { return is_empty(*child); });
    }
    default: return false;
  }
}

std::string_view Parser::keep_text(std::string_view text) {
  if (text.empty()) return {};
  char* out = static_cast<char*>(parsed_.arena.take(text.size()));
  std::memcpy(out, text.data(), text.size());
  return {out, text.size()};
}

Parser::Parser(Parsed& parsed, const FunctionTable& functions)
    : parsed_(parsed), functions_(functions), lexer_(parsed.text) {
  tree_.name = parsed.name;
  tree_.known = {"$"};
  tree_.scope = {{"$", 0}};
}

Status Parser::run() {
  try {
    parse_root();
    return {};
  } catch (Stop& stopped) {
    return fail(std::move(stopped.error));
  }
}

void Parser::parse_root() {
  uint32_t start = peek().position;
  while (peek().type != TokenType::kEof) {
    if (peek().type == TokenType::kLeftDelimiter) {
      Token delimiter = next();
      if (next_word().type == TokenType::kDefine) {
        parse_definition();
        continue;
      }
      backup(delimiter);
    }
    const SyntaxNode* node = text_or_action();
    if (is_end(*node)) stop(fmt::format("unexpected {}", node_text(*node)));
    pending_.push_back(node);
  }
  auto* root = make<ListNode>(NodeType::kList, start);
  root->nodes = take_pending<SyntaxNode>(0);
  define(parsed_.name, root, tree_.slots);
}

// {{define "name"}} ... {{end}}; the keyword is past.
void Parser::parse_definition() {
  constexpr std::string_view kContext = "define clause";
  Token name = next_word();
  if (name.type != TokenType::kString && name.type != TokenType::kRawString) unexpected(name, kContext);
  Tree tree;
  tree.name = text_of(name);
  expect(TokenType::kRightDelimiter, kContext);
  parse_body(std::move(tree), kContext);
}

// The body of a template within this one, which is defined then. An end that does not fit is told at `position`, if
// it is given, as Go does for blocks.
void Parser::parse_body(Tree tree, std::string_view context, uint32_t position) {
  tree.known = {"$"};
  tree.scope = {{"$", 0}};
  check_depth();
  std::swap(tree, tree_);
  const SyntaxNode* end = nullptr;
  const ListNode* root = item_list(end);
  if (end->type != NodeType::kEnd) stop(fmt::format("unexpected {} in {}", node_text(*end), context), position);
  define(tree_.name, root, tree_.slots);
  std::swap(tree, tree_);
}

void Parser::define(std::string_view name, const ListNode* root, uint32_t slots) {
  Template added{name, &parsed_, root, slots, is_empty(*root)};
  auto& templates = parsed_.templates;
  auto old = std::find_if(templates.begin(), templates.end(), [&](const Template& t) { return t.name == name; });
  if (old == templates.end()) {
    templates.push_back(added);
  } else if (old->empty) {
    *old = added;
  } else if (!added.empty) {
    stop(fmt::format("template: multiple definition of template {}", quote(name)));
  }
}

const ListNode* Parser::item_list(const SyntaxNode*& end) {
  uint32_t start = peek_word().position;
  size_t mark = pending_.size();
  while (peek_word().type != TokenType::kEof) {
    const SyntaxNode* node = text_or_action();
    if (is_end(*node)) {
      auto* list = make<ListNode>(NodeType::kList, start);
      list->nodes = take_pending<SyntaxNode>(mark);
      end = node;
      return list;
    }
    pending_.push_back(node);
  }
  stop("unexpected EOF");
}

const SyntaxNode* Parser::text_or_action() {
  Token token = next_word();
  if (token.type == TokenType::kText) {
    auto* node = make<TextNode>(NodeType::kText, token.position);
    node->text = token.text;
    return node;
  }
  if (token.type != TokenType::kLeftDelimiter) unexpected(token, "input");
  tree_.action = token.position;
  const SyntaxNode* node = action();
  tree_.action = kNowhere;
  return node;
}

const SyntaxNode* Parser::action() {
  Token token = next_word();
  switch (token.type) {
    case TokenType::kBlock: return block_control();
    case TokenType::kBreak: return leave_range(token, NodeType::kBreak);
    case TokenType::kContinue: return leave_range(token, NodeType::kContinue);
    case TokenType::kElse: return else_control();
    case TokenType::kEnd: return make<SyntaxNode>(NodeType::kEnd, expect(TokenType::kRightDelimiter, "end").position);
    case TokenType::kIf: return control(NodeType::kIf);
    case TokenType::kRange: return control(NodeType::kRange);
    case TokenType::kTemplate: return template_control();
    case TokenType::kWith: return control(NodeType::kWith);
    default: break;
  }
  backup();
  auto* node = make<ActionNode>(NodeType::kAction, peek().position);
  node->pipe = pipeline("command", TokenType::kRightDelimiter);
  return node;
}

// {{break}} and {{continue}}; the keyword is past.
const SyntaxNode* Parser::leave_range(const Token& token, NodeType type) {
  std::string_view what = type == NodeType::kBreak ? "{{break}}" : "{{continue}}";
  if (Token end = next_word(); end.type != TokenType::kRightDelimiter) unexpected(end, what);
  if (tree_.range_depth == 0) stop(fmt::format("{} outside {{{{range}}}}", what));
  return make<SyntaxNode>(type, token.position);
}

// if, range and with; the keyword is past.
const SyntaxNode* Parser::control(NodeType type) {
  check_depth();
  size_t known = tree_.known.size(), scope = tree_.scope.size();
  const PipeNode* pipe = pipeline(keyword_of(type), TokenType::kRightDelimiter);
  size_t inside = tree_.scope.size();
  auto* node = make<BranchNode>(type, pipe->position);
  node->pipe = pipe;
  if (type == NodeType::kRange) ++tree_.range_depth;
  const SyntaxNode* end = nullptr;
  node->list = item_list(end);
  if (type == NodeType::kRange) --tree_.range_depth;
  tree_.scope.resize(inside);
  if (end->type == NodeType::kElse) node->otherwise = else_part(type, *end);
  tree_.known.resize(known);
  tree_.scope.resize(scope);
  return node;
}

// What follows {{else}}. "else if" and "else with" are an if or with of their own, whose end ends the outer one too.
const ListNode* Parser::else_part(NodeType type, const SyntaxNode& otherwise) {
  TokenType again = type == NodeType::kIf ? TokenType::kIf : TokenType::kWith;
  if (type != NodeType::kRange && peek().type == again) {
    next();
    auto* list = make<ListNode>(NodeType::kList, otherwise.position);
    list->nodes = keep(std::vector<const SyntaxNode*>{control(type)});
    return list;
  }
  const SyntaxNode* end = nullptr;
  const ListNode* list = item_list(end);
  if (end->type != NodeType::kEnd) stop(fmt::format("expected end; found {}", node_text(*end)));
  return list;
}

const SyntaxNode* Parser::else_control() {
  const Token& token = peek_word();
  if (token.type == TokenType::kIf || token.type == TokenType::kWith) {
    return make<SyntaxNode>(NodeType::kElse, token.position);
  }
  return make<SyntaxNode>(NodeType::kElse, expect(TokenType::kRightDelimiter, "else").position);
}

const SyntaxNode* Parser::block_control() {
  constexpr std::string_view kContext = "block clause";
  Token token = next_word();
  auto* node = make<TemplateNode>(NodeType::kTemplate, token.position);
  node->name = template_name(token, kContext);
  node->pipe = pipeline(kContext, TokenType::kRightDelimiter);
  Tree tree;
  tree.name = node->name;
  parse_body(std::move(tree), kContext, tokens_[0].position);
  return node;
}

const SyntaxNode* Parser::template_control() {
  constexpr std::string_view kContext = "template clause";
  Token token = next_word();
  auto* node = make<TemplateNode>(NodeType::kTemplate, token.position);
  node->name = template_name(token, kContext);
  if (next_word().type != TokenType::kRightDelimiter) {
    backup();
    node->pipe = pipeline(kContext, TokenType::kRightDelimiter);
  }
  return node;
}

std::string_view Parser::template_name(const Token& token, std::string_view context) {
  if (token.type != TokenType::kString && token.type != TokenType::kRawString) unexpected(token, context);
  return text_of(token);
}

// The text of a quoted token.
std::string_view Parser::text_of(const Token& literal) {
  std::string_view inside = literal.text.substr(1, literal.text.size() - 2);
  if (literal.text[0] == '`' && inside.find('\r') == std::string_view::npos) return inside;
  auto is_plain = [](char c) { return c != '\\' && c != '\r' && static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(inside.begin(), inside.end(), is_plain)) return inside;
  auto text = unquote(literal.text);
  if (!text) stop("invalid syntax");
  return keep_text(*text);
}

Result<std::shared_ptr<const Parsed>> parse(std::string_view name, std::string_view text,
                                            const FunctionTable& functions) {
  return parse_shared(name, std::make_shared<const std::string>(text), functions);
}

Result<std::shared_ptr<const Parsed>> parse_shared(std::string_view name, std::shared_ptr<const std::string> text,
                                                   const FunctionTable& functions) {
  if (text->size() >= UINT32_MAX) return fail(Code::kLimit, "template: {}: text of {} bytes", name, text->size());
  auto parsed = std::make_shared<Parsed>();
  parsed->name = name;
  parsed->text = *text;
  parsed->owner = std::move(text);
  TAUT_TRY(Parser(*parsed, functions).run());
  parsed->templates.shrink_to_fit();
  return std::shared_ptr<const Parsed>(std::move(parsed));
}

}  // namespace taut::gotmpl
