// Sequences and mappings in block and flow style.
#include "yaml/parser.hh"

namespace taut::yaml {

bool Parser::block_sequence(uint32_t list) {
  Mark start = peek()->start;
  scanner_.skip();
  uint32_t last = kNoNode, item = kNoNode;
  for (;;) {
    const Token* token = peek();
    if (token == nullptr) return false;
    if (token->type == TokenType::kBlockEnd) {
      scanner_.skip();
      return true;
    }
    if (token->type != TokenType::kBlockEntry) return fail("did not find expected '-' indicator", token->start, start);
    Mark mark = token->end;
    scanner_.skip();
    token = peek();
    if (token == nullptr) return false;
    if (token->type == TokenType::kBlockEntry || token->type == TokenType::kBlockEnd) {
      item = add_empty(mark);
    } else if (!parse_node(true, false, item)) {
      return false;
    }
    append(list, last, item);
  }
}

bool Parser::indentless_sequence(uint32_t list) {
  uint32_t last = kNoNode, item = kNoNode;
  for (;;) {
    const Token* token = peek();
    if (token == nullptr) return false;
    if (token->type != TokenType::kBlockEntry) return true;
    Mark mark = token->end;
    scanner_.skip();
    token = peek();
    if (token == nullptr) return false;
    if (token->type == TokenType::kBlockEntry || token->type == TokenType::kKey || token->type == TokenType::kValue ||
        token->type == TokenType::kBlockEnd) {
      item = add_empty(mark);
    } else if (!parse_node(true, false, item)) {
      return false;
    }
    append(list, last, item);
  }
}

bool Parser::block_mapping(uint32_t map) {
  Mark start = peek()->start;
  scanner_.skip();
  uint32_t last = kNoNode, key = kNoNode;
  for (;;) {
    const Token* token = peek();
    if (token == nullptr) return false;
    if (token->type == TokenType::kBlockEnd) {
      scanner_.skip();
      return true;
    }
    if (token->type != TokenType::kKey) return fail("did not find expected key", token->start, start);
    Mark mark = token->end;
    scanner_.skip();
    token = peek();
    if (token == nullptr) return false;
    if (token->type == TokenType::kKey || token->type == TokenType::kValue || token->type == TokenType::kBlockEnd) {
      key = add_empty(mark);
    } else if (!parse_node(true, true, key)) {
      return false;
    }
    append(map, last, key);
    if (!block_value(map, last)) return false;
  }
}

bool Parser::block_value(uint32_t map, uint32_t& last) {
  const Token* token = peek();
  if (token == nullptr) return false;
  Mark mark = token->start;
  uint32_t value = kNoNode;
  if (token->type == TokenType::kValue) {
    mark = token->end;
    scanner_.skip();
    token = peek();
    if (token == nullptr) return false;
    if (token->type != TokenType::kKey && token->type != TokenType::kValue && token->type != TokenType::kBlockEnd) {
      if (!parse_node(true, true, value)) return false;
      append(map, last, value);
      return true;
    }
  }
  append(map, last, add_empty(mark));
  return true;
}

// Steps over the comma between entries. `done` when the collection ends here; a comma may come before the end.
bool Parser::flow_entry(bool first, TokenType end, const char* problem, const Mark& start, bool& done) {
  const Token* token = peek();
  if (token == nullptr) return false;
  if (token->type != end && !first) {
    if (token->type != TokenType::kFlowEntry) return fail(problem, token->start, start);
    scanner_.skip();
    token = peek();
    if (token == nullptr) return false;
  }
  done = token->type == end;
  if (done) scanner_.skip();
  return true;
}

bool Parser::flow_sequence(uint32_t list) {
  Mark start = peek()->start;
  scanner_.skip();
  uint32_t last = kNoNode, item = kNoNode;
  for (bool first = true;; first = false) {
    bool done = false;
    if (!flow_entry(first, TokenType::kFlowSequenceEnd, "did not find expected ',' or ']'", start, done)) return false;
    if (done) return true;
    bool ok = next_is(TokenType::kKey) ? flow_pair(item) : parse_node(false, false, item);
    if (!ok) return false;
    append(list, last, item);
  }
}

// A mapping of one pair inside a flow sequence: [a: b].
bool Parser::flow_pair(uint32_t& out) {
  Properties properties;
  properties.start = peek()->start;
  scanner_.skip();
  out = add(NodeKind::kMapping, properties);
  uint32_t last = kNoNode, child = kNoNode;
  const Token* token = peek();
  if (token == nullptr) return false;
  if (token->type == TokenType::kValue || token->type == TokenType::kFlowEntry ||
      token->type == TokenType::kFlowSequenceEnd) {
    // go-yaml swallows the token here, and so loses the value of [? : x].
    child = add_empty(token->end);
    scanner_.skip();
  } else if (!parse_node(false, false, child)) {
    return false;
  }
  append(out, last, child);
  token = peek();
  if (token == nullptr) return false;
  if (token->type == TokenType::kValue) {
    scanner_.skip();
    token = peek();
    if (token == nullptr) return false;
    if (token->type != TokenType::kFlowEntry && token->type != TokenType::kFlowSequenceEnd) {
      if (!parse_node(false, false, child)) return false;
      append(out, last, child);
      return true;
    }
  }
  append(out, last, add_empty(token->start));
  return true;
}

bool Parser::flow_mapping(uint32_t map) {
  Mark start = peek()->start;
  scanner_.skip();
  uint32_t last = kNoNode, child = kNoNode;
  for (bool first = true;; first = false) {
    bool done = false;
    if (!flow_entry(first, TokenType::kFlowMappingEnd, "did not find expected ',' or '}'", start, done)) return false;
    if (done) return true;
    const Token* token = peek();
    if (token->type != TokenType::kKey) {
      if (!parse_node(false, false, child)) return false;
      append(map, last, child);
      token = peek();
      if (token == nullptr) return false;
      append(map, last, add_empty(token->start));
      continue;
    }
    scanner_.skip();
    token = peek();
    if (token == nullptr) return false;
    if (token->type == TokenType::kValue || token->type == TokenType::kFlowEntry ||
        token->type == TokenType::kFlowMappingEnd) {
      child = add_empty(token->start);
    } else if (!parse_node(false, false, child)) {
      return false;
    }
    append(map, last, child);
    token = peek();
    if (token == nullptr) return false;
    if (token->type == TokenType::kValue) {
      scanner_.skip();
      token = peek();
      if (token == nullptr) return false;
      if (token->type != TokenType::kFlowEntry && token->type != TokenType::kFlowMappingEnd) {
        if (!parse_node(false, false, child)) return false;
        append(map, last, child);
        continue;
      }
    }
    append(map, last, add_empty(token->start));
  }
}

}  // namespace taut::yaml
