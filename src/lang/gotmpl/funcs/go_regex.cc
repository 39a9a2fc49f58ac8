#include "lang/gotmpl/funcs/go_regex.hh"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <ctime>
#include <unordered_map>

#include "base/go_regexp.hh"
#include "base/runes.hh"
#include "base/unicode.hh"
#include "lang/gotmpl/heap.hh"

namespace taut::gotmpl {

namespace {

using re2::StringPiece;

constexpr size_t kKept = 32;  // compiled patterns for each thread; each may take up to 8 MB
constexpr size_t kMostMatches = 2'000'000;

// Counts the work of matches. What RE2 reads behind a match, to see that none is longer, cannot be known but by the time
// that it takes: much, where each match makes it read the whole rest.
class Meter {
 public:
  Meter(const RE2& regex, std::string_view text, Heap& heap) : heap_(heap), timed_(text.size() > kShort) {
    // When it has no room for states, RE2 follows all branches of the pattern at each byte.
    // Nearly always it has room, and a byte is a step or less: a quarter is asked for, the rest is timed.
    heap.work((text.size() + 1) * static_cast<uint64_t>(std::max(regex.ProgramSize() / 4, 1)));
    if (timed_) before_ = now();
  }

  void matched() {
    if (++matches_ > kMostMatches) throw LimitPassed{fmt::format("number of matches of a regular expression ({})", kMostMatches)};
    if (!timed_ || matches_ % kEach != 0) return;
    const uint64_t at = now();
    heap_.work(at - before_);
    before_ = at;
  }

 private:
  static constexpr size_t kShort = 512, kEach = 32;

  static uint64_t now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
  }

  Heap& heap_;
  const bool timed_;
  uint64_t before_ = 0;
  size_t matches_ = 0;
};

StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const StringPiece& piece) { return {piece.data(), piece.size()}; }

size_t rune_width(std::string_view text) {
  if (text.empty()) return 0;
  std::string_view rest = text;
  take_rune(rest);
  return text.size() - rest.size();
}

// All matches in Go's way: none that is empty directly behind another. `deliver` returns false to stop.
template <class Deliver>
void walk(const RE2& regex, std::string_view text, Heap& heap, Deliver deliver) {
  Meter meter(regex, text, heap);
  const char* before = nullptr;
  for (size_t at = 0; at <= text.size();) {
    StringPiece match;
    if (!regex.Match(piece(text), at, text.size(), RE2::UNANCHORED, &match, 1)) return;
    meter.matched();
    const char* end = match.data() + match.size();
    bool accept = true;
    if (end == text.data() + at) {
      accept = match.data() != before;
      size_t width = rune_width(text.substr(at));
      at = width == 0 ? text.size() + 1 : at + width;
    } else {
      at = static_cast<size_t>(end - text.data());
    }
    before = end;
    if (accept && !deliver(view(match))) return;
  }
}

// A reference in a replacement behind its "$": its name and what follows; false when it is none.
bool take_reference(std::string_view& text, std::string_view& name) {
  std::string_view rest = text;
  bool brace = rest.starts_with('{');
  if (brace) rest.remove_prefix(1);
  std::string_view start = rest;
  while (!rest.empty()) {
    std::string_view next = rest;
    uint32_t rune = take_rune(next);
    if (rune != '_' && !is_letter(rune) && !is_digit(rune)) break;
    rest = next;
  }
  name = start.substr(0, start.size() - rest.size());
  if (name.empty() || (brace && !rest.starts_with('}'))) return false;
  if (brace) rest.remove_prefix(1);
  text = rest;
  return true;
}

// The number that a reference is, or -1 for a name.
int reference_number(std::string_view name) {
  if (name.size() > 1 && name[0] == '0') return -1;
  int number = 0;
  for (char c : name) {
    if (c < '0' || c > '9' || number >= 100'000'000) return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

void append_group(const RE2& regex, std::string_view name, const std::vector<StringPiece>& groups, std::string& out) {
  int number = reference_number(name);
  if (number < 0) {
    auto found = regex.NamedCapturingGroups().find(std::string(name));
    if (found == regex.NamedCapturingGroups().end()) return;
    number = found->second;
  }
  if (static_cast<size_t>(number) < groups.size()) out += view(groups[static_cast<size_t>(number)]);
  check_text_size(out.size());
}

// Go's Regexp.Expand.
void expand(const RE2& regex, std::string_view replacement, const std::vector<StringPiece>& groups, std::string& out) {
  while (true) {
    size_t dollar = replacement.find('$');
    out += replacement.substr(0, dollar);
    if (dollar == std::string_view::npos) return;
    replacement.remove_prefix(dollar + 1);
    std::string_view name;
    if (replacement.starts_with('$')) {
      out += '$';
      replacement.remove_prefix(1);
    } else if (take_reference(replacement, name)) {
      append_group(regex, name, groups, out);
    } else {
      out += '$';
    }
  }
}

}  // namespace

Result<GoRegex> GoRegex::compile(std::string_view pattern) {
  thread_local std::unordered_map<std::string, std::shared_ptr<const RE2>> kept;
  std::string key(pattern);
  if (auto found = kept.find(key); found != kept.end()) return GoRegex(found->second);
  TAUT_ASSIGN(auto regex, compile_go_regexp(pattern));
  if (kept.size() >= kKept) kept.clear();
  kept.emplace(std::move(key), regex);
  return GoRegex(std::move(regex));
}

bool GoRegex::matches(std::string_view text, Heap& heap) const {
  Meter meter(*regex_, text, heap);
  return regex_->Match(piece(text), 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

std::string_view GoRegex::find(std::string_view text, Heap& heap) const {
  Meter meter(*regex_, text, heap);
  StringPiece match;
  regex_->Match(piece(text), 0, text.size(), RE2::UNANCHORED, &match, 1);
  return view(match);
}

std::vector<std::string_view> GoRegex::find_all(std::string_view text, int64_t count, Heap& heap) const {
  std::vector<std::string_view> out;
  if (count == 0) return out;
  walk(*regex_, text, heap, [&](std::string_view match) {
    out.push_back(match);
    return count < 0 || out.size() < static_cast<size_t>(count);
  });
  return out;
}

template <class Append>
std::string GoRegex::replace(std::string_view text, int groups, Heap& heap, Append append) const {
  Meter meter(*regex_, text, heap);
  std::string out;
  std::vector<StringPiece> found(static_cast<size_t>(groups));
  size_t copied = 0;
  for (size_t at = 0; at <= text.size();) {
    if (!regex_->Match(piece(text), at, text.size(), RE2::UNANCHORED, found.data(), groups)) break;
    meter.matched();
    auto start = static_cast<size_t>(found[0].data() - text.data());
    size_t end = start + found[0].size();
    out += text.substr(copied, start - copied);
    check_text_size(out.size());
    // Nothing for an empty match directly behind another.
    if (end > copied || start == 0) append(found, out);
    copied = end;
    size_t width = rune_width(text.substr(at));
    if (at + width > end) at += width;
    else at = at + 1 > end ? at + 1 : end;
  }
  return out.append(text.substr(copied));
}

std::string GoRegex::replace_all(std::string_view text, std::string_view replacement, Heap& heap) const {
  bool plain = replacement.find('$') == std::string_view::npos;
  return replace(text, plain ? 1 : 1 + regex_->NumberOfCapturingGroups(), heap,
                 [&](const std::vector<StringPiece>& groups, std::string& out) {
                   if (plain) out += replacement;
                   else expand(*regex_, replacement, groups, out);
                 });
}

std::string GoRegex::replace_all_literal(std::string_view text, std::string_view replacement, Heap& heap) const {
  return replace(text, 1, heap, [&](const std::vector<StringPiece>&, std::string& out) { out += replacement; });
}

std::vector<std::string_view> GoRegex::split(std::string_view text, int64_t count, Heap& heap) const {
  if (count == 0) return {};
  if (!regex_->pattern().empty() && text.empty()) return {text};
  std::vector<std::string_view> out;
  size_t begin = 0, end = 0;
  for (std::string_view match : find_all(text, count, heap)) {
    if (count > 0 && out.size() == static_cast<size_t>(count) - 1) break;
    end = static_cast<size_t>(match.data() - text.data());
    size_t next = end + match.size();
    if (next != 0) out.push_back(text.substr(begin, end - begin));
    begin = next;
  }
  if (end != text.size()) out.push_back(text.substr(begin));
  return out;
}

std::string quote_meta(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace taut::gotmpl
