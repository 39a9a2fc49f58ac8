#include "object/selector.hh"

#include <charconv>

#include "base/strings.hh"
#include "value/json.hh"

namespace taut {
namespace {

bool is_symbol(char c) { return c == '=' || c == '!' || c == '(' || c == ')' || c == ',' || c == '<' || c == '>'; }

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::optional<int64_t> to_integer(std::string_view text) {
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

// Reads tokens: symbols (=, ==, !=, !, <, >, parentheses, comma) and words.
class LabelSelector::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { advance(); }

  Result<std::vector<Requirement>> run() {
    std::vector<Requirement> out;
    if (token_.empty()) return out;
    for (;;) {
      TAUT_ASSIGN(auto requirement, one());
      out.push_back(std::move(requirement));
      if (token_.empty()) return out;
      if (token_ != ",") return fail(Code::kInvalid, "found '{}', expected: ',' or 'end of string'", token_);
      advance();
    }
  }

 private:
  void advance() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    size_t start = at_;
    if (at_ < text_.size() && is_symbol(text_[at_])) {
      char first = text_[at_++];
      if ((first == '=' || first == '!') && at_ < text_.size() && text_[at_] == '=') ++at_;
    } else {
      while (at_ < text_.size() && !is_symbol(text_[at_]) && !is_blank(text_[at_])) ++at_;
    }
    token_ = text_.substr(start, at_ - start);
  }

  bool word() const { return !token_.empty() && !is_symbol(token_.front()); }

  Failure refuse(std::string_view expected) const {
    return fail(Code::kInvalid, "unable to parse requirement: found '{}', expected: {}", token_, expected);
  }

  Result<Requirement> one() {
    Requirement out{"", Operator::kExists, {}};
    if (token_ == "!") {
      out.op = Operator::kAbsent;
      advance();
    }
    if (!word() && out.op == Operator::kExists)
      return fail(Code::kInvalid, "found '{}', expected: !, identifier, or 'end of string'", token_);
    if (!word()) return refuse("identifier");
    out.key = token_;
    advance();
    if (out.op == Operator::kAbsent || token_.empty() || token_ == ",") return out;
    return compared(std::move(out));
  }

  Result<Requirement> compared(Requirement out) {
    std::string_view op = token_;
    advance();
    if (op == "in" || op == "notin") {
      out.op = op == "in" ? Operator::kIn : Operator::kNotIn;
      return set(std::move(out));
    }
    if (op == "=" || op == "==") {
      out.op = Operator::kIn;
    } else if (op == "!=") {
      out.op = Operator::kNotIn;
    } else if (op == ">" || op == "<") {
      out.op = op == ">" ? Operator::kGreater : Operator::kLess;
    } else {
      token_ = op;
      return refuse("in, notin, =, ==, !=, gt, lt");
    }
    if (word()) {
      out.values.emplace_back(token_);
      advance();
    } else {
      out.values.emplace_back();  // "k=" means the empty value
    }
    if (out.op >= Operator::kGreater && !to_integer(out.values[0]))
      return fail(Code::kInvalid, "for 'Gt', 'Lt' operators, the value must be an integer");
    return out;
  }

  Result<Requirement> set(Requirement out) {
    if (token_ != "(") return refuse("'('");
    advance();
    while (token_ != ")") {
      if (token_ == ",") {
        out.values.emplace_back();
      } else if (word()) {
        out.values.emplace_back(token_);
        advance();
      }
      if (token_ == ",") {
        advance();
        if (token_ == ")") out.values.emplace_back();
      } else if (token_ != ")") {
        return refuse("',', or ')'");
      }
    }
    advance();
    return out;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string_view token_;
};

Result<LabelSelector> LabelSelector::parse(std::string_view text) {
  LabelSelector out;
  TAUT_ASSIGN(out.requirements_, Parser(text).run());
  return out;
}

Result<LabelSelector> LabelSelector::of(const Value& selector) {
  LabelSelector out;
  for (const auto& entry : selector["matchLabels"].entries())
    out.requirements_.push_back({std::string(entry.key()), Operator::kIn, {entry.value.str()}});
  for (const auto& expression : selector["matchExpressions"].items()) {
    Requirement requirement{expression["key"].str(), Operator::kExists, {}};
    std::string_view op = expression["operator"].as_string();
    if (op == "In") {
      requirement.op = Operator::kIn;
    } else if (op == "NotIn") {
      requirement.op = Operator::kNotIn;
    } else if (op == "DoesNotExist") {
      requirement.op = Operator::kAbsent;
    } else if (op != "Exists") {
      return fail(Code::kInvalid, "{} is not a valid label selector operator", quote(op));
    }
    for (const auto& value : expression["values"].items()) requirement.values.push_back(value.str());
    out.requirements_.push_back(std::move(requirement));
  }
  return out;
}

bool LabelSelector::holds(const Requirement& requirement, const Value& labels) {
  const Value* label = labels.find(requirement.key);
  auto listed = [&] {
    for (const auto& value : requirement.values)
      if (label->as_string() == value) return true;
    return false;
  };
  switch (requirement.op) {
    case Operator::kExists: return label != nullptr;
    case Operator::kAbsent: return label == nullptr;
    case Operator::kIn: return label != nullptr && listed();
    case Operator::kNotIn: return label == nullptr || !listed();
    case Operator::kGreater:
    case Operator::kLess: {
      auto have = label ? to_integer(label->as_string()) : std::nullopt;
      auto bound = to_integer(requirement.values[0]);
      if (!have || !bound) return false;
      return requirement.op == Operator::kGreater ? *have > *bound : *have < *bound;
    }
  }
  return false;
}

bool LabelSelector::matches(const Value& labels) const {
  for (const auto& requirement : requirements_)
    if (!holds(requirement, labels)) return false;
  return true;
}

Result<FieldSelector> FieldSelector::parse(std::string_view text) {
  FieldSelector out;
  size_t at = 0;
  while (at < text.size()) {
    std::string path;
    while (at < text.size() && text[at] != '=' && text[at] != '!' && text[at] != ',') path += text[at++];
    bool negated = at < text.size() && text[at] == '!';
    if (negated) ++at;
    if (at == text.size() || text[at] != '=')
      return fail(Code::kInvalid, "invalid selector: '{}'; can't understand '{}'", text, path);
    ++at;
    if (!negated && at < text.size() && text[at] == '=') ++at;
    std::string value;
    for (; at < text.size() && text[at] != ','; ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      value += text[at];
    }
    if (at < text.size()) ++at;
    Term term{{}, std::move(value), negated};
    for (auto piece : split(trim(path), '.')) term.path.emplace_back(piece);
    out.terms_.push_back(std::move(term));
  }
  return out;
}

bool FieldSelector::matches(const Value& object) const {
  for (const auto& term : terms_) {
    const Value* at = &object;
    for (const auto& step : term.path) at = &(*at)[step];
    std::string text;
    if (at->is_string()) {
      text = at->str();
    } else if (!at->is_null()) {
      text = to_json(*at);
    }
    if ((text == term.value) == term.negated) return false;
  }
  return true;
}

}  // namespace taut
