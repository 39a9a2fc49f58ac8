#include "lang/jsonpath/parser.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/go_number.hh"
#include "base/runes.hh"
#include "base/strings.hh"
#include "base/unicode.hh"
#include "lang/jsonpath/unquote.hh"

namespace taut::jsonpath {
namespace {

constexpr int kDeepest = 100;  // expressions within expressions

bool is_word(uint32_t rune) { return rune == '_' || is_letter(rune) || is_digit(rune); }
bool is_line_end(uint32_t rune) { return rune == '\r' || rune == '\n'; }

// How Go prints a character with %#U.
std::string shown(uint32_t rune) {
  std::string out = fmt::format("U+{:04X}", rune);
  return is_print(rune) ? fmt::format("{} '{}'", out, rune_text(rune)) : out;
}

// "[1:2:3]" without the brackets: up to three numbers, none of which must be there; false for anything else.
bool cut_slice(std::string_view text, std::array<std::string_view, 3>& parts) {
  for (size_t i = 0; i < parts.size(); ++i) {
    size_t end = 0;
    if (i > 0) {
      if (!text.starts_with(':')) continue;
      end = 1;
    }
    if (end < text.size() && text[end] == '-') ++end;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    parts[i] = text.substr(0, end);
    text.remove_prefix(end);
  }
  return text.empty();
}

// `LEFT OPERATOR RIGHT`: the operator is the first run of !<>=, less its last character if nothing follows.
bool cut_comparison(std::string_view text, std::string_view& left, std::string_view& op, std::string_view& right) {
  constexpr std::string_view kSigns = "!<>=";
  const size_t start = text.find_first_of(kSigns);
  if (start == text.npos || start == 0) return false;
  size_t end = std::min(text.find_first_not_of(kSigns, start), text.size());
  if (end == text.size()) --end;
  if (end <= start) return false;
  left = text.substr(0, start);
  op = text.substr(start, end - start);
  right = text.substr(end);
  return true;
}

}  // namespace

uint32_t Parser::next() {
  if (at_ >= input_.size()) {
    width_ = 0;
    return kEnd;
  }
  std::string_view rest = input_.substr(at_);
  const size_t before = rest.size();
  const uint32_t rune = take_rune(rest);
  width_ = before - rest.size();
  at_ += width_;
  return rune;
}

uint32_t Parser::peek() {
  const uint32_t rune = next();
  back();
  return rune;
}

std::string_view Parser::consume() {
  std::string_view out = input_.substr(start_, at_ - start_);
  start_ = at_;
  return out;
}

namespace {

// What ends a name; `end` is the end of the text.
bool ends_name(uint32_t rune, uint32_t end) {
  if (rune == ' ' || rune == '\t' || is_line_end(rune) || rune == end) return true;
  return rune < 0x80 && std::string_view(".,[]$@{}").find(static_cast<char>(rune)) != std::string_view::npos;
}

}  // namespace

Result<Node> Parser::run() {
  if (depth_ > kDeepest) return fail(Code::kLimit, "expressions are nested more than {} deep", kDeepest);
  Node root;
  while (true) {
    at_ = std::min(input_.find('{', at_), input_.size());
    if (at_ > start_) root.nodes.push_back({.type = NodeType::kText, .text = std::string(consume())});
    if (at_ == input_.size()) return root;
    ++at_;
    consume();
    Node list;
    TAUT_TRY(action(list));
    root.nodes.push_back(std::move(list));
  }
}

Status Parser::action(Node& list) {
  while (!at("}")) TAUT_TRY(step(list));
  ++at_;
  consume();
  return {};
}

Status Parser::step(Node& list) {
  if (at("[?(")) return filter(list);
  if (at("..")) return recursive(list);
  const uint32_t rune = next();
  if (rune == kEnd || is_line_end(rune)) return fail(Code::kInvalid, "unclosed action");
  switch (rune) {
    case ' ':
    case '@':
    case '$': return consume(), Status();
    case '[': return array(list);
    case '"':
    case '\'': return quoted(list, rune);
    case '.': return field(list);
    default: break;
  }
  if (rune == '+' || rune == '-' || is_digit(rune)) return back(), number(list);
  if (is_word(rune)) return back(), identifier(list);
  return fail(Code::kInvalid, "unrecognized character in action: {}", shown(rune));
}

Status Parser::identifier(Node& list) {
  while (!ends_name(next(), kEnd)) {
  }
  back();
  const std::string name(consume());
  if (name == "true" || name == "false") list.nodes.push_back({.type = NodeType::kBool, .integer = name == "true"});
  else list.nodes.push_back({.type = NodeType::kIdentifier, .text = name});
  return {};
}

Status Parser::recursive(Node& list) {
  if (!list.nodes.empty() && list.nodes.back().type == NodeType::kRecursive)
    return fail(Code::kInvalid, "invalid multiple recursive descent");
  at_ += 2;
  consume();
  list.nodes.push_back({.type = NodeType::kRecursive});
  const uint32_t rune = peek();
  return rune != kEnd && is_word(rune) ? field(list) : Status();
}

Status Parser::number(Node& list) {
  if (const uint32_t sign = peek(); sign == '+' || sign == '-') next();
  for (uint32_t rune = next();; rune = next()) {
    if (rune != '.' && (rune == kEnd || !is_digit(rune))) break;
  }
  back();
  const std::string_view text = consume();
  if (auto whole = parse_go_int(text, 10); whole.fault == NumberFault::kNone) {
    list.nodes.push_back({.type = NodeType::kInt, .integer = whole.value});
  } else if (auto real = parse_go_float(text); real.fault == NumberFault::kNone) {
    list.nodes.push_back({.type = NodeType::kFloat, .real = real.value});
  } else {
    return fail(Code::kInvalid, "cannot parse number {}", text);
  }
  return {};
}

Result<Node> Parser::inner(std::string_view text) const {
  const std::string whole = fmt::format("{{{}}}", text);
  TAUT_ASSIGN(Node root, Parser(whole, depth_ + 1).run());
  return std::move(root.nodes[0]);
}

Status Parser::array(Node& list) {
  for (uint32_t rune = next(); rune != ']'; rune = next()) {
    if (rune == kEnd || rune == '\n') return fail(Code::kInvalid, "unterminated array");
  }
  std::string_view text = consume();
  text = text.substr(1, text.size() - 2);
  if (text == "*") text = ":";
  if (contains(text, ",")) return combined(text, list);
  const bool is_key = text.size() >= 2 && text.front() == '\'' && text.back() == '\'' && text.find('\'', 1) == text.size() - 1;
  return is_key ? key(text.substr(1, text.size() - 2), list) : slice(text, list);
}

Status Parser::combined(std::string_view text, Node& list) {
  Node out{.type = NodeType::kUnion};
  for (std::string_view part : split(text, ',')) {
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    TAUT_ASSIGN(Node one, inner(fmt::format("[{}]", part)));
    out.nodes.push_back(std::move(one));
  }
  list.nodes.push_back(std::move(out));
  return {};
}

// A key may hold dots, and is a path then.
Status Parser::key(std::string_view name, Node& list) {
  TAUT_ASSIGN(Node path, inner(fmt::format(".{}", name)));
  for (Node& node : path.nodes) list.nodes.push_back(std::move(node));
  return {};
}

Status Parser::slice(std::string_view text, Node& list) {
  std::array<std::string_view, 3> parts;
  if (!cut_slice(text, parts)) return fail(Code::kInvalid, "invalid array index {}", text);
  Node out{.type = NodeType::kArray};
  for (size_t i = 0; i < parts.size(); ++i) {
    SlicePart& part = out.slice[i];
    if (parts[i].empty()) {
      if (i == 1) part = {out.slice[0].value + 1, true, true};
      continue;
    }
    const std::string_view digits = i > 0 ? parts[i].substr(1) : parts[i];
    if (digits.empty()) continue;
    const auto number = parse_go_int(digits, 10);
    if (number.fault != NumberFault::kNone || number.value == INT64_MAX) return fail(Code::kInvalid, "array index {} is not a number", digits);
    part = {number.value, true, false};
  }
  list.nodes.push_back(std::move(out));
  return {};
}

// Reads up to the parenthesis that closes a filter; those in quotes do not count.
Status Parser::filter_end() {
  bool begun = false, ended = false;
  uint32_t quote = 0;
  while (true) {
    const uint32_t rune = next();
    if (rune == kEnd || rune == '\n') return fail(Code::kInvalid, "unterminated filter");
    if (rune == '"' || rune == '\'') {
      if (!begun) {
        begun = true;
        quote = rune;
      } else if (input_[at_ - 2] != '\\' && rune == quote) {
        ended = true;
      }
    }
    if (rune == ')' && begun == ended) return {};
  }
}

Status Parser::filter(Node& list) {
  at_ += 3;
  consume();
  TAUT_TRY(filter_end());
  if (next() != ']') return fail(Code::kInvalid, "unclosed array expect ]");
  std::string_view text = consume();
  text.remove_suffix(2);
  Node out{.type = NodeType::kFilter, .text = "exists"};
  std::string_view left, op, right;
  if (cut_comparison(text, left, op, right)) {
    out.text = op;
    TAUT_ASSIGN(Node left_side, inner(left));
    TAUT_ASSIGN(Node right_side, inner(right));
    out.nodes.push_back(std::move(left_side));
    out.nodes.push_back(std::move(right_side));
  } else {
    TAUT_ASSIGN(Node what, inner(text));
    out.nodes.push_back(std::move(what));
    out.nodes.push_back({});
  }
  list.nodes.push_back(std::move(out));
  return {};
}

Status Parser::quoted(Node& list, uint32_t quote) {
  while (true) {
    const uint32_t rune = next();
    if (rune == kEnd || rune == '\n') return fail(Code::kInvalid, "unterminated quoted string");
    if (rune == quote && input_[at_ - 2] != '\\') break;
  }
  const std::string_view text = consume();
  auto plain = unquote_extended(text);
  if (!plain) return fail(Code::kInvalid, "unquote string {} error invalid syntax", text);
  list.nodes.push_back({.type = NodeType::kText, .text = std::move(*plain)});
  return {};
}

Status Parser::field(Node& list) {
  consume();
  while (true) {
    const uint32_t rune = next();
    if (rune == '\\') {
      next();
    } else if (ends_name(rune, kEnd)) {
      back();
      break;
    }
  }
  std::string name(consume());
  if (name == "*") {
    list.nodes.push_back({.type = NodeType::kWildcard});
  } else {
    std::erase(name, '\\');
    list.nodes.push_back({.type = NodeType::kField, .text = std::move(name)});
  }
  return {};
}

}  // namespace taut::jsonpath
