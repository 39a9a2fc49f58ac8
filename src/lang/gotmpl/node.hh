// What a parser makes of a template: a tree that is walked again and again, by many threads, and never changes.
//
// Nodes live in the arena of their Parsed and refer to its text. Functions are resolved to their rows, variables to
// slots of the template's frame. Only this room includes this.
#pragma once

#include <complex>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lang/gotmpl/function.hh"
#include "lang/gotmpl/template_set.hh"
#include "lang/gotmpl/value.hh"

namespace taut::gotmpl {

enum class NodeType : uint8_t {
  kText,
  kAction,
  kIf,
  kRange,
  kWith,
  kTemplate,
  kBreak,
  kContinue,
  kComment,
  kElse,  // of the parser only, as is kEnd
  kEnd,
  kList,
  kPipe,
  kCommand,
  kIdentifier,
  kVariable,
  kField,
  kChain,
  kDot,
  kNil,
  kBool,
  kNumber,
  kString,
};

struct SyntaxNode {
  NodeType type;
  uint32_t position;  // byte in the text
};

template <class T>
using Nodes = std::span<T* const>;

struct TextNode : SyntaxNode {
  std::string_view text;
};

struct BoolNode : SyntaxNode {
  bool truth;
};

// A number fits a parameter of a number type if it has that form.
struct NumberNode : SyntaxNode {
  std::string_view text;
  bool is_int = false, is_uint = false, is_float = false, is_complex = false;
  int64_t integer = 0;
  uint64_t natural = 0;
  double real = 0;
  std::complex<double> complex = 0;
};

struct StringNode : SyntaxNode {
  std::string_view quoted;
  std::string_view text;
};

struct IdentifierNode : SyntaxNode {
  std::string_view name;
  const Callable* function;
};

struct FieldNode : SyntaxNode {
  std::span<const std::string_view> names;
};

constexpr int32_t kUndefined = -1;  // a slot: not defined when it runs, though the parser accepts it

struct VariableNode : SyntaxNode {
  std::string_view name;  // with its $
  int32_t slot;
  std::span<const std::string_view> fields;
};

struct ChainNode : SyntaxNode {
  const SyntaxNode* node;
  std::span<const std::string_view> fields;
};

struct CommandNode : SyntaxNode {
  Nodes<const SyntaxNode> arguments;  // the first is what is called or the value
};

struct PipeNode : SyntaxNode {
  Nodes<const CommandNode> commands;
  // Most pipelines set no variables.
  struct Variables {
    bool assigned;  // = rather than :=
    Nodes<const VariableNode> nodes;
  };
  const Variables* set = nullptr;

  Nodes<const VariableNode> variables() const { return set ? set->nodes : Nodes<const VariableNode>(); }
};

struct ActionNode : SyntaxNode {
  const PipeNode* pipe;
};

struct ListNode : SyntaxNode {
  Nodes<const SyntaxNode> nodes;
};

// if, range, with
struct BranchNode : SyntaxNode {
  const PipeNode* pipe;
  const ListNode* list;
  const ListNode* otherwise;  // or nullptr
};

struct TemplateNode : SyntaxNode {
  std::string_view name;
  const PipeNode* pipe;  // or nullptr
};

// One template.
class Template {
 public:
  std::string_view name;
  const Parsed* source;
  const ListNode* root;
  uint32_t slots;  // of variables; slot 0 is $
  bool empty;      // but for white space and comments
};

// Memory for nodes, which need no destruction: many small texts must not hold much that is unused.
class NodeArena {
 public:
  void* take(size_t bytes);  // aligned to 8 bytes

 private:
  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  size_t left_ = 0;
  size_t chunk_ = 512;
};

// One text with all that it defines.
struct Parsed {
  std::string name;
  std::shared_ptr<const std::string> owner;
  std::string_view text;  // of the owner
  NodeArena arena;
  std::vector<Template> templates;  // the text itself is among them, under its name

  const Template* main() const;
};

// The node as Go prints it in errors.
std::string node_text(const SyntaxNode& node);

}  // namespace taut::gotmpl
