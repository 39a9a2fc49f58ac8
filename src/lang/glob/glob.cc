#include "lang/glob/glob.hh"

#include "base/runes.hh"

namespace taut {

// Compiles by recursive descent into a program for a machine that follows all ways at once.
class GlobCompiler {
 public:
  GlobCompiler(std::string_view pattern, Glob& out) : rest_(pattern), out_(out) {}

  Status run() {
    // The library stops at a NUL.
    rest_ = rest_.substr(0, rest_.find('\0'));
    if (!valid_runes(rest_)) return fail(Code::kInvalid, "could not read rune");
    TAUT_TRY(sequence(0));
    emit({Op::kMatch});
    return {};
  }

 private:
  using Op = Glob::Op;
  using Instruction = Glob::Instruction;

  // Up to the end, or to the "," or "}" that ends an alternative; the caller sees which.
  Status sequence(int depth) {
    if (depth > 1000) return fail(Code::kLimit, "glob is nested too deeply");
    while (!rest_.empty()) {
      if (depth > 0 && (rest_[0] == ',' || rest_[0] == '}')) return {};
      uint32_t c = take_rune(rest_);
      switch (c) {
        case '*': star(); break;
        case '?': emit({Op::kSingle}); break;
        case '[': TAUT_TRY(range()); break;
        case '{': TAUT_TRY(alternatives(depth)); break;
        case '\\':
          if (rest_.empty()) break;
          c = take_rune(rest_);
          [[fallthrough]];
        default: emit({Op::kChar, c});
      }
    }
    return {};
  }

  void star() {
    bool any = rest_.starts_with('*');
    if (any) rest_.remove_prefix(1);
    uint32_t loop = emit({Op::kSplit});
    emit({any ? Op::kAny : Op::kSingle});
    emit({Op::kJump, loop});
    out_.program_[loop].a = loop + 1;
    out_.program_[loop].b = here();
  }

  Status alternatives(int depth) {
    std::vector<uint32_t> ends;
    for (;;) {
      uint32_t split = emit({Op::kSplit});
      out_.program_[split].a = here();
      TAUT_TRY(sequence(depth + 1));
      bool more = rest_.starts_with(',');
      if (!rest_.empty()) rest_.remove_prefix(1);
      ends.push_back(emit({Op::kJump}));
      // After the last one there is no other way: both lead into it.
      out_.program_[split].b = more ? here() : out_.program_[split].a;
      if (!more) break;
    }
    for (uint32_t end : ends) out_.program_[end].a = here();
    return {};
  }

  Status range() {
    auto ended = [] { return fail(Code::kInvalid, "unexpected end of input"); };
    bool negated = rest_.starts_with('!');
    if (negated) rest_.remove_prefix(1);
    if (rest_.empty()) return ended();
    std::string_view before = rest_;
    uint32_t low = take_rune(rest_);
    if (rest_.starts_with('-')) {
      rest_.remove_prefix(1);
      if (rest_.empty()) return ended();
      uint32_t high = take_rune(rest_);
      if (rest_.empty()) return ended();
      if (high < low) {
        return fail(Code::kInvalid, "hi character '{}' should be greater than lo '{}'", rune_text(high),
                    rune_text(low));
      }
      if (take_rune(rest_) != ']') return fail(Code::kInvalid, "expected close range character");
      emit({negated ? Op::kNotRange : Op::kRange, low, high});
      return {};
    }
    rest_ = before;
    Instruction list{negated ? Op::kNotList : Op::kList};
    while (!rest_.empty() && rest_[0] != ']') {
      uint32_t c = take_rune(rest_);
      if (c == '\\' && rest_.empty()) break;
      list.list.push_back(c == '\\' ? take_rune(rest_) : c);
    }
    if (rest_.empty()) return ended();
    rest_.remove_prefix(1);
    if (list.list.empty()) return fail(Code::kInvalid, "could not parse range");
    emit(std::move(list));
    return {};
  }

  uint32_t here() const { return static_cast<uint32_t>(out_.program_.size()); }
  uint32_t emit(Instruction instruction) {
    out_.program_.push_back(std::move(instruction));
    return here() - 1;
  }

  std::string_view rest_;
  Glob& out_;
};

Result<Glob> Glob::compile(std::string_view pattern, std::string_view separators) {
  Glob glob;
  while (!separators.empty()) glob.separators_.push_back(take_rune(separators));
  TAUT_TRY(GlobCompiler(pattern, glob).run());
  return glob;
}

bool Glob::accepts(const Instruction& instruction, uint32_t c) const {
  auto in = [c](const std::vector<uint32_t>& list) { return std::find(list.begin(), list.end(), c) != list.end(); };
  switch (instruction.op) {
    case Op::kChar: return c == instruction.a;
    case Op::kSingle: return !in(separators_);
    case Op::kAny: return true;
    case Op::kRange: return c >= instruction.a && c <= instruction.b;
    case Op::kNotRange: return c < instruction.a || c > instruction.b;
    case Op::kList: return in(instruction.list);
    case Op::kNotList: return !in(instruction.list);
    default: return false;
  }
}

// Adds the states reached from `at` without reading a character.
void Glob::follow(uint32_t at, std::vector<uint32_t>& states, std::vector<uint32_t>& seen, uint32_t round) const {
  std::vector<uint32_t> left = {at};
  while (!left.empty()) {
    uint32_t here = left.back();
    left.pop_back();
    if (seen[here] == round) continue;
    seen[here] = round;
    const Instruction& instruction = program_[here];
    if (instruction.op == Op::kSplit) {
      left.push_back(instruction.b);
      left.push_back(instruction.a);
    } else if (instruction.op == Op::kJump) {
      left.push_back(instruction.a);
    } else {
      states.push_back(here);
    }
  }
}

bool Glob::matches(std::string_view text) const {
  std::vector<uint32_t> now, next, seen(program_.size(), 0);
  uint32_t round = 1;
  follow(0, now, seen, round);
  while (!text.empty()) {
    uint32_t c = take_rune(text);
    ++round;
    next.clear();
    for (uint32_t state : now) {
      if (accepts(program_[state], c)) follow(state + 1, next, seen, round);
    }
    if (next.empty()) return false;
    now.swap(next);
  }
  return std::any_of(now.begin(), now.end(), [this](uint32_t state) { return program_[state].op == Op::kMatch; });
}

bool glob_matches(std::string_view pattern, std::string_view text, std::string_view separators) {
  auto glob = Glob::compile(pattern, separators);
  return glob && glob->matches(text);
}

}  // namespace taut
