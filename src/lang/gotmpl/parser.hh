// From text to nodes (text/template/parse/parse.go, Go 1.26).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lang/gotmpl/lexer.hh"
#include "lang/gotmpl/literal.hh"
#include "lang/gotmpl/node.hh"
#include "lang/gotmpl/stack_guard.hh"

namespace taut::gotmpl {

class Parser {
 public:
  // Fills `parsed`, whose name and text are set.
  Parser(Parsed& parsed, const FunctionTable& functions);
  Status run();

 private:
  // Leaves the parser; caught in run().
  struct Stop {
    Error error;
  };
  // Of the template that is being read.
  static constexpr uint32_t kNowhere = UINT32_MAX;
  struct Tree {
    std::string_view name;
    // Names that a parser accepts; they come before the declaration ends, and stay through an else.
    std::vector<std::string_view> known;
    struct Variable {
      std::string_view name;
      int32_t slot;
    };
    // What is really there when a place is reached.
    std::vector<Variable> scope;
    uint32_t slots = 1;
    uint32_t action = kNowhere;  // where the action began that is being read
    int range_depth = 0;
  };

  // Tokens, with a look-ahead of three.
  const Token& next();
  void backup() { ++peeked_; }
  void backup(Token first);
  void backup(Token first, Token second);
  const Token& peek();
  // The next that is not a space. What is given lives until another token is read.
  const Token& next_word();
  const Token& peek_word();
  Token expect(TokenType type, std::string_view context);
  // Leaves with what is wrong at a position, or at the token that was read last.
  [[noreturn]] void stop(std::string_view message, uint32_t position = kNowhere);
  uint32_t line_at(uint32_t position) const;
  [[noreturn]] void unexpected(const Token& token, std::string_view context);
  void check_depth();

  void parse_root();
  void parse_definition();
  void parse_body(Tree tree, std::string_view context, uint32_t position = kNowhere);
  void define(std::string_view name, const ListNode* root, uint32_t slots);
  const ListNode* item_list(const SyntaxNode*& end);
  const SyntaxNode* text_or_action();
  const SyntaxNode* action();
  const SyntaxNode* leave_range(const Token& token, NodeType type);
  const SyntaxNode* control(NodeType type);
  const ListNode* else_part(NodeType type, const SyntaxNode& otherwise);
  const SyntaxNode* else_control();
  const SyntaxNode* block_control();
  const SyntaxNode* template_control();
  std::string_view template_name(const Token& token, std::string_view context);

  const PipeNode* pipeline(std::string_view context, TokenType end);
  bool declaration(bool& assigns, std::vector<VariableNode*>& variables, std::string_view context);
  void declare(PipeNode& pipe, bool assigns, const std::vector<VariableNode*>& variables);
  void check_pipeline(const PipeNode& pipe, std::string_view context);
  const CommandNode* command();
  const SyntaxNode* operand();
  const SyntaxNode* with_fields(const SyntaxNode* node);
  const SyntaxNode* term();
  const SyntaxNode* parenthesized();
  const SyntaxNode* number(const Token& token);
  const SyntaxNode* variable(const Token& token);
  std::string_view text_of(const Token& literal);
  int32_t slot_of(std::string_view name) const;

  template <class T>
  T* make(NodeType type, uint32_t position);
  template <class T>
  std::span<const T> keep(const std::vector<T>& items);
  std::string_view keep_text(std::string_view text);

  // Nodes that a list, pipeline or command in the making has so far lie on one stack, from a mark on.
  template <class T>
  Nodes<const T> take_pending(size_t mark);

  Parsed& parsed_;
  const FunctionTable& functions_;
  Lexer lexer_;
  Token tokens_[3];
  int peeked_ = 0;
  int depth_ = 0;  // of parentheses
  Tree tree_;
  std::vector<const SyntaxNode*> pending_;
  StackGuard stack_;
};

template <class T>
T* Parser::make(NodeType type, uint32_t position) {
  T* node = new (parsed_.arena.take(sizeof(T))) T();
  node->type = type;
  node->position = position;
  return node;
}

template <class T>
std::span<const T> Parser::keep(const std::vector<T>& items) {
  T* out = static_cast<T*>(parsed_.arena.take(items.size() * sizeof(T)));
  std::uninitialized_copy(items.begin(), items.end(), out);
  return {out, items.size()};
}

template <class T>
Nodes<const T> Parser::take_pending(size_t mark) {
  size_t count = pending_.size() - mark;
  auto** out = static_cast<const T**>(parsed_.arena.take(count * sizeof(const T*)));
  for (size_t i = 0; i < count; ++i) out[i] = static_cast<const T*>(pending_[mark + i]);
  pending_.resize(mark);
  return {out, count};
}

// Whether a template holds nothing but white space and comments.
bool is_empty(const SyntaxNode& node);

}  // namespace taut::gotmpl
