#include "yaml/parser.hh"

#include <fmt/format.h>

namespace taut::yaml {

const Problem& Parser::problem() const {
  return problem_.origin == Problem::Origin::kNone ? scanner_.problem() : problem_;
}

bool Parser::fail(std::string text, const Mark& mark, const Mark& context) {
  if (problem_.origin == Problem::Origin::kNone)
    problem_ = {Problem::Origin::kParser, std::move(text), mark, context};
  return false;
}

Parser::Outcome Parser::next_document(NodeTree& tree) {
  tree_ = &tree;
  if (!anchors_span_documents_) anchors_.clear();
  bool end = false, bare = false;
  if (!document_start(end, bare)) return Outcome::kProblem;
  if (end) return Outcome::kEnd;
  bool ok = bare ? parse_node(true, false, tree.root) : document_content(tree.root);
  return ok && document_end() ? Outcome::kDocument : Outcome::kProblem;
}

bool Parser::document_start(bool& end, bool& bare) {
  const Token* token = peek();
  while (started_ && token != nullptr && token->type == TokenType::kDocumentEnd) {
    scanner_.skip();
    token = peek();
  }
  if (token == nullptr) return false;
  tree_->start = token->start;
  if (token->type == TokenType::kStreamEnd) {
    end = true;
    return true;
  }
  bare = !started_ && token->type != TokenType::kVersionDirective && token->type != TokenType::kTagDirective &&
         token->type != TokenType::kDocumentStart;
  started_ = true;
  if (!process_directives() || bare) return bare && peek() != nullptr;
  token = peek();
  if (token == nullptr) return false;
  if (token->type != TokenType::kDocumentStart) return fail("did not find expected <document start>", token->start);
  scanner_.skip();
  return true;
}

bool Parser::process_directives() {
  bool version = false;
  const Token* token = peek();
  for (; token != nullptr; token = peek()) {
    if (token->type == TokenType::kVersionDirective) {
      if (version) return fail("found duplicate %YAML directive", token->start);
      if (token->major != 1 || token->minor != 1) return fail("found incompatible YAML document", token->start);
      version = true;
    } else if (token->type == TokenType::kTagDirective) {
      if (!add_tag_directive(std::string(token->value), std::string(token->suffix), false, token->start)) return false;
    } else {
      break;
    }
    scanner_.skip();
  }
  if (token == nullptr) return false;
  return add_tag_directive("!", "!", true, token->start) &&
         add_tag_directive("!!", "tag:yaml.org,2002:", true, token->start);
}

bool Parser::add_tag_directive(std::string handle, std::string prefix, bool may_repeat, const Mark& mark) {
  for (const TagDirective& known : tag_directives_)
    if (known.handle == handle) return may_repeat || fail("found duplicate %TAG directive", mark);
  tag_directives_.push_back({std::move(handle), std::move(prefix)});
  return true;
}

bool Parser::document_content(uint32_t& out) {
  const Token* token = peek();
  if (token == nullptr) return false;
  switch (token->type) {
    case TokenType::kVersionDirective:
    case TokenType::kTagDirective:
    case TokenType::kDocumentStart:
    case TokenType::kDocumentEnd:
    case TokenType::kStreamEnd: out = add_empty(token->start); return true;
    default: return parse_node(true, false, out);
  }
}

bool Parser::document_end() {
  const Token* token = peek();
  if (token == nullptr) return false;
  if (token->type == TokenType::kDocumentEnd) scanner_.skip();
  tag_directives_.clear();
  return true;
}

uint32_t Parser::add(NodeKind kind, const Properties& properties) {
  auto index = static_cast<uint32_t>(tree_->nodes.size());
  Node& node = tree_->nodes.emplace_back();
  node.kind = kind;
  node.mark = properties.start;
  node.tag = properties.tag;
  if (!properties.anchor.empty()) {
    node.anchored = true;
    anchors_.insert_or_assign(std::string(properties.anchor), index);
  }
  return index;
}

uint32_t Parser::add_empty(const Mark& mark) {
  Properties none;
  none.start = mark;
  return add(NodeKind::kScalar, none);
}

void Parser::append(uint32_t parent, uint32_t& last, uint32_t child) {
  if (last == kNoNode) tree_->nodes[parent].first = child;
  else tree_->nodes[last].next = child;
  ++tree_->nodes[parent].count;
  last = child;
}

bool Parser::parse_node(bool block, bool indentless, uint32_t& out) {
  const Token* token = peek();
  if (token == nullptr) return false;
  if (token->type == TokenType::kAlias) return parse_alias(out);
  Properties properties;
  properties.start = token->start;
  if (!parse_properties(properties)) return false;
  if (++depth_ > max_depth_) {
    too_deep_ = true;
    return fail(fmt::format("exceeded max depth of {}", max_depth_), token->start);
  }
  bool ok = parse_content(block, indentless, properties, out);
  --depth_;
  return ok;
}

bool Parser::parse_alias(uint32_t& out) {
  const Token* token = peek();
  auto known = anchors_.find(token->value);
  if (known == anchors_.end()) return fail(fmt::format("unknown anchor '{}' referenced", token->value), {});
  Properties properties;
  properties.start = token->start;
  std::string_view name = token->value;
  uint32_t target = known->second;
  scanner_.skip();
  out = add(NodeKind::kAlias, properties);
  tree_->nodes[out].value = name;
  tree_->nodes[out].target = target;
  return true;
}

// At most one anchor and one tag, in either order.
bool Parser::parse_properties(Properties& out) {
  bool anchor = false, tag = false;
  for (;;) {
    const Token* token = peek();
    if (token == nullptr) return false;
    if (token->type == TokenType::kAnchor && !anchor) {
      anchor = true;
      out.anchor = token->value;
    } else if (token->type == TokenType::kTag && !tag) {
      tag = true;
      if (!resolve_tag(*token, out.start, out.tag)) return false;
    } else {
      out.any = anchor || !out.tag.empty();
      return true;
    }
    scanner_.skip();
  }
}

bool Parser::resolve_tag(const Token& token, const Mark& start, std::string_view& tag) {
  if (token.value.empty()) {
    tag = token.suffix;
    return true;
  }
  for (const TagDirective& directive : tag_directives_) {
    if (directive.handle != token.value) continue;
    tag = texts_.emplace_back(directive.prefix + std::string(token.suffix));
    return true;
  }
  return fail("found undefined tag handle", token.start, start);
}

bool Parser::parse_content(bool block, bool indentless, const Properties& properties, uint32_t& out) {
  const Token* token = peek();
  if (token == nullptr) return false;
  switch (token->type) {
    case TokenType::kBlockEntry:
      if (!indentless) break;
      return indentless_sequence(out = add(NodeKind::kSequence, properties));
    case TokenType::kScalar: {
      out = add(NodeKind::kScalar, properties);
      tree_->nodes[out].style = token->style;
      tree_->nodes[out].value = token->value;
      scanner_.skip();
      return true;
    }
    case TokenType::kFlowSequenceStart: return flow_sequence(out = add(NodeKind::kSequence, properties));
    case TokenType::kFlowMappingStart: return flow_mapping(out = add(NodeKind::kMapping, properties));
    case TokenType::kBlockSequenceStart:
      if (!block) break;
      return block_sequence(out = add(NodeKind::kSequence, properties));
    case TokenType::kBlockMappingStart:
      if (!block) break;
      return block_mapping(out = add(NodeKind::kMapping, properties));
    default: break;
  }
  if (properties.any) {
    out = add(NodeKind::kScalar, properties);
    return true;
  }
  return fail("did not find expected node content", token->start, properties.start);
}

}  // namespace taut::yaml
