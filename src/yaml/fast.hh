// The fast path: reads the YAML that manifests are written in - block mappings and sequences, scalars of all styles,
// simple flow collections, comments - straight into a ValueBuilder. Whatever is rare, or wrong, it leaves to the full
// grammar by giving up: what it reads it reads as the full grammar does, and it never reports an error.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "value/builder.hh"
#include "yaml/input.hh"
#include "yaml/scanner.hh"
#include "yaml/schema.hh"

namespace taut::yaml {

class FastReader {
 public:
  enum class Outcome : uint8_t { kDocument, kEnd, kGaveUp };

  // Memory that is worth keeping between texts.
  struct Workspace {
    ValueBuilder builder;
    std::string scratch;
    std::vector<uint32_t> lines;
  };

  // The workspace is used only inside of next().
  FastReader(const Input& input, Schema schema, size_t max_depth, Workspace& workspace, bool keep_spelling = false);

  // Reads the next document. After kGaveUp, start() is where the full grammar has to begin.
  Outcome next(Document& out);
  // The start of the line at which the document starts that was read last, or could not be.
  const Mark& start() const { return start_; }
  // Goes on at a line that starts with `---`.
  void resume(const Mark& line);

 private:
  // Lines. next_line steps to the next line with content and looks at its indentation: kNoLine at the end of the
  // document. False, as everywhere below: given up.
  static constexpr int kNoLine = -1;
  bool next_line();
  bool look_at_line();
  void find_line_end();
  bool blank_or_end(const char* at) const { return at >= line_end_ || *at == ' ' || *at == '\t'; }
  bool rest_is_blank(const char* at) const;
  Outcome give_up();
  bool find_start();
  bool document();

  // Each reads a node from cursor_ on and ends at the next line with content. `parent` is the indentation of the
  // collection around.
  bool block_node(int parent, int column);
  bool starts_mapping(bool& mapping);
  bool mapping(int column);
  bool mapping_key();
  bool mapping_value(int column);
  bool sequence(int column, bool indentless);
  bool sequence_item(int column);
  bool inline_value(int parent);
  bool anchored_value(int parent);
  bool alias();

  // Scalars (fast_scalar.cc).
  bool plain_scalar(int parent);
  bool quoted_scalar();
  bool resolve_key(std::string_view& text) const;
  bool resolved(std::string_view text, uint32_t offset);
  const char* find_colon(const char* from) const;
  const char* plain_end(const char* from, bool& comment) const;
  const char* quoted_end(const char* quote, std::string_view& text);
  bool unquote(const char* from, const char* to);
  const char* unescape(const char* at);
  bool quoted_lines();
  bool quoted_next_line(const char*& at, size_t& blank_lines);
  bool block_scalar(int parent);
  bool block_header(char& chomping);
  bool block_indent(int parent, size_t& indent, size_t& blank_lines);
  void block_lines(size_t indent, bool literal, size_t blank_lines, char chomping);

  // Flow collections (fast_flow.cc). cursor_ ends behind the node.
  bool flow_node();
  bool flow_space();
  bool flow_value();
  bool flow_list();
  bool flow_map();
  bool flow_key();
  bool flow_scalar();
  const char* flow_plain_end(const char* from) const;

  // Where the node at `at` starts: at its anchor, if it has one.
  uint32_t node_offset(const char* at) {
    const char* start = anchor_ != nullptr ? std::exchange(anchor_, nullptr) : at;
    return offset(start);
  }
  uint32_t offset(const char* at) const { return static_cast<uint32_t>(at - base_); }

  const char* text_;
  const char* end_;
  Schema schema_;
  size_t max_depth_;
  bool keep_spelling_;
  ValueBuilder& builder_;

  const char* line_;              // start of the line
  const char* line_end_;          // its line feed, or the end
  const char* cursor_ = nullptr;  // in the line, at its first character behind the indentation or further
  int indent_ = kNoLine;          // of the line, in columns
  size_t skipped_ = 0;            // blank lines before the line
  bool comment_ = false;          // comment lines before the line
  const char* base_;              // start of the document's first line
  uint32_t line_number_ = 0;      // of base_; before a document starts, of the line behind the last one
  bool first_ = true;
  bool empty_ = false;
  size_t depth_ = 0;
  Mark start_;
  std::string& scratch_;
  std::vector<uint32_t>& lines_;

  struct Known {
    std::string_view name;
    ValueBuilder::Anchor value;
  };
  std::vector<Known> anchors_;     // of the document
  const char* anchor_ = nullptr;   // of the node that comes next
  size_t aliases_ = 0;
};

}  // namespace taut::yaml
