// The grammar: tokens to a tree of nodes, one document at a time. Anchors are bound to their aliases here;
// what the nodes mean is left to the decoders (decode.hh).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "yaml/scanner.hh"

namespace taut::yaml {

enum class NodeKind : uint8_t { kScalar, kSequence, kMapping, kAlias };

constexpr uint32_t kNoNode = UINT32_MAX;

// Nodes refer to each other by index in their tree. A mapping's children are keys and values in turn.
struct Node {
  NodeKind kind = NodeKind::kScalar;
  ScalarStyle style = ScalarStyle::kPlain;
  bool anchored = false;
  Mark mark;
  std::string_view value;  // the scalar, or the name in an alias
  std::string_view tag;    // as resolved by the directives: "tag:yaml.org,2002:int", "!", "!custom", ""
  uint32_t target = kNoNode;  // of an alias
  uint32_t first = kNoNode;   // child
  uint32_t next = kNoNode;    // sibling
  uint32_t count = 0;         // children
};

struct NodeTree {
  std::vector<Node> nodes;
  uint32_t root = kNoNode;
  Mark start;  // of the document
};

class Parser {
 public:
  enum class Outcome : uint8_t { kDocument, kEnd, kProblem };

  // `anchors_span_documents`: as go-yaml v3 has it. `inside`: the text starts between two documents of a stream.
  Parser(Scanner& scanner, size_t max_depth, bool anchors_span_documents, bool inside)
      : scanner_(scanner),
        max_depth_(max_depth),
        anchors_span_documents_(anchors_span_documents),
        started_(inside) {}

  // Appends the next document's nodes to `tree` and sets its root.
  Outcome next_document(NodeTree& tree);

  // Why the last call gave kProblem. A message that go-yaml gives without a line has no position.
  const Problem& problem() const;
  bool too_deep() const { return too_deep_; }

 private:
  struct Properties {
    Mark start;
    std::string_view anchor;
    std::string_view tag;
    bool any = false;
  };
  struct TagDirective {
    std::string handle, prefix;
  };

  // `bare`: the first document may do without `---`.
  bool document_start(bool& end, bool& bare);
  bool process_directives();
  bool add_tag_directive(std::string handle, std::string prefix, bool may_repeat, const Mark& mark);
  bool document_content(uint32_t& out);
  bool document_end();

  bool parse_node(bool block, bool indentless, uint32_t& out);
  bool parse_content(bool block, bool indentless, const Properties& properties, uint32_t& out);
  bool parse_properties(Properties& out);
  bool resolve_tag(const Token& token, const Mark& start, std::string_view& tag);
  bool parse_alias(uint32_t& out);
  bool block_sequence(uint32_t list);
  bool indentless_sequence(uint32_t list);
  bool block_mapping(uint32_t map);
  bool block_value(uint32_t map, uint32_t& last);
  bool flow_sequence(uint32_t list);
  bool flow_pair(uint32_t& out);
  bool flow_mapping(uint32_t map);
  bool flow_entry(bool first, TokenType end, const char* problem, const Mark& start, bool& done);

  const Token* peek() { return scanner_.peek(); }
  bool next_is(TokenType type) {
    const Token* token = peek();
    return token != nullptr && token->type == type;
  }
  uint32_t add(NodeKind kind, const Properties& properties);
  uint32_t add_empty(const Mark& mark);
  void append(uint32_t parent, uint32_t& last, uint32_t child);
  bool fail(std::string text, const Mark& mark, const Mark& context = {});

  Scanner& scanner_;
  size_t max_depth_;
  bool anchors_span_documents_;
  bool started_;
  bool too_deep_ = false;
  size_t depth_ = 0;
  NodeTree* tree_ = nullptr;
  std::map<std::string, uint32_t, std::less<>> anchors_;
  std::vector<TagDirective> tag_directives_;
  std::deque<std::string> texts_;
  Problem problem_;
};

}  // namespace taut::yaml
