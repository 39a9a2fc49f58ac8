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
    uint32_t action_line = 0;
    int range_depth = 0;
  };

  // Tokens, with a look-ahead of three.
  const Token& next();
  void backup() { ++peeked_; }
  void backup(Token first);
  void backup(Token first, Token second);
  const Token& peek();
  Token next_word();  // not a space
  const Token& peek_word();
  Token expect(TokenType type, std::string_view context);
  [[noreturn]] void stop(std::string_view message, uint32_t line = 0);
  [[noreturn]] void unexpected(const Token& token, std::string_view context);
  void check_depth();

  void parse_root();
  void parse_definition();
  void parse_body(Tree tree, std::string_view context, uint32_t line = 0);
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
  bool declaration(PipeNode& pipe, std::vector<VariableNode*>& variables, std::string_view context);
  void declare(PipeNode& pipe, const std::vector<VariableNode*>& variables);
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

  Parsed& parsed_;
  const FunctionTable& functions_;
  Lexer lexer_;
  Token tokens_[3];
  int peeked_ = 0;
  int depth_ = 0;  // of parentheses
  Tree tree_;
  StackGuard stack_;
};

template <class T>
T* Parser::make(NodeType type, uint32_t position) {
  T* node = new (parsed_.arena.allocate(sizeof(T), alignof(T))) T();
  node->type = type;
  node->position = position;
  return node;
}

template <class T>
std::span<const T> Parser::keep(const std::vector<T>& items) {
  T* out = static_cast<T*>(parsed_.arena.allocate(items.size() * sizeof(T), alignof(T)));
  std::uninitialized_copy(items.begin(), items.end(), out);
  return {out, items.size()};
}

// Whether a template holds nothing but white space and comments.
bool is_empty(const SyntaxNode& node);

}  // namespace taut::gotmpl
