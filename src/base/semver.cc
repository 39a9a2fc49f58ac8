#include "base/semver.hh"

#include <charconv>

#include "base/strings.hh"

namespace taut {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool word(char c) { return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'; }
// Go's \s.
bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
// The library's class for a number of a range: it lets '|' in, and parsing refuses it later.
bool wild(char c) { return digit(c) || c == 'x' || c == 'X' || c == '*' || c == '|'; }

template <class Test>
std::string_view take_while(std::string_view& text, Test test) {
  size_t n = 0;
  while (n < text.size() && test(text[n])) ++n;
  std::string_view taken = text.substr(0, n);
  text.remove_prefix(n);
  return taken;
}

// What the library's regular expressions see in a version: v?C(.C)?(.C)?(-pre)?(+meta)?
struct Pieces {
  std::string_view whole;
  std::string_view numbers[3];
  std::string_view prerelease;
  std::string_view metadata;
};

// "a.b.c" of words; empty and nothing taken when there is none.
std::string_view take_words(std::string_view& text, char mark) {
  if (text.size() < 2 || text[0] != mark || !word(text[1])) return {};
  std::string_view start = text.substr(1);
  text.remove_prefix(1);
  take_while(text, word);
  while (text.size() >= 2 && text[0] == '.' && word(text[1])) {
    text.remove_prefix(1);
    take_while(text, word);
  }
  return start.substr(0, start.size() - text.size());
}

// Takes the longest version at the start; false when there is none.
template <class Number>
bool take_version(std::string_view& text, Number number, Pieces& out) {
  std::string_view rest = text;
  if (rest.starts_with('v')) rest.remove_prefix(1);
  out.numbers[0] = take_while(rest, number);
  if (out.numbers[0].empty()) return false;
  for (int i = 1; i < 3; ++i) {
    out.numbers[i] = {};
    if (rest.size() < 2 || rest[0] != '.' || !number(rest[1])) break;
    rest.remove_prefix(1);
    out.numbers[i] = take_while(rest, number);
  }
  out.prerelease = take_words(rest, '-');
  out.metadata = take_words(rest, '+');
  out.whole = text.substr(0, text.size() - rest.size());
  text = rest;
  return true;
}

Status read_number(std::string_view text, uint64_t& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc() && end == text.data() + text.size()) return {};
  return fail(Code::kInvalid, "strconv.ParseUint: parsing {}: {}", quote(text),
              error == std::errc::result_out_of_range ? "value out of range" : "invalid syntax");
}

Status check_prerelease(std::string_view text) {
  for (std::string_view part : split(text, '.')) {
    if (part.empty()) return fail(Code::kInvalid, "invalid prerelease string");
    if (std::all_of(part.begin(), part.end(), digit)) {
      if (part.size() > 1 && part[0] == '0') return fail(Code::kInvalid, "version segment starts with 0");
    } else if (!std::all_of(part.begin(), part.end(), word)) {
      return fail(Code::kInvalid, "invalid prerelease string");
    }
  }
  return {};
}

int compare_part(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  if (a.empty()) return -1;
  if (b.empty()) return 1;
  uint64_t x = 0, y = 0;
  bool a_number = read_number(a, x).has_value(), b_number = read_number(b, y).has_value();
  if (!a_number && !b_number) return a > b ? 1 : -1;
  if (!b_number) return -1;
  if (!a_number) return 1;
  return x > y ? 1 : -1;
}

int compare_prerelease(std::string_view a, std::string_view b) {
  auto left = split(a, '.'), right = split(b, '.');
  for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    int order = compare_part(i < left.size() ? left[i] : "", i < right.size() ? right[i] : "");
    if (order != 0) return order;
  }
  return 0;
}

bool is_x(std::string_view number) { return number.empty() || number == "x" || number == "X" || number == "*"; }

// "1.2 - 1.4" becomes ">= 1.2, <= 1.4 ".
std::string rewrite_spans(std::string_view text) {
  std::string out(text);
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view at = rest;
    take_while(at, space);
    Pieces from, to;
    bool match = take_version(at, wild, from) && !take_while(at, space).empty() && at.starts_with('-');
    if (match) {
      at.remove_prefix(1);
      match = !take_while(at, space).empty() && take_version(at, wild, to);
    }
    if (!match) {
      rest.remove_prefix(1);
      continue;
    }
    take_while(at, space);
    std::string_view found = rest.substr(0, rest.size() - at.size());
    out.replace(out.find(found), found.size(), fmt::format(">= {}, <= {} ", from.whole, to.whole));
    rest = at;
  }
  return out;
}

}  // namespace

Result<Version> Version::parse(std::string_view text) {
  Pieces pieces;
  std::string_view rest = text;
  if (!take_version(rest, digit, pieces) || !rest.empty()) return fail(Code::kInvalid, "invalid semantic version");
  Version out;
  uint64_t* numbers[3] = {&out.major, &out.minor, &out.patch};
  for (int i = 0; i < 3; ++i) {
    if (pieces.numbers[i].empty()) continue;
    auto read = read_number(pieces.numbers[i], *numbers[i]);
    if (!read) return fail(Code::kInvalid, "error parsing version segment: {}", read.error().message());
  }
  if (!pieces.prerelease.empty()) TAUT_TRY(check_prerelease(pieces.prerelease));
  out.prerelease = pieces.prerelease;
  out.metadata = pieces.metadata;
  out.original = text;
  return out;
}

Result<Version> Version::parse_strict(std::string_view text) {
  if (text.empty()) return fail(Code::kInvalid, "version string empty");
  size_t first = text.find('.'), second = first == text.npos ? text.npos : text.find('.', first + 1);
  if (second == text.npos) return fail(Code::kInvalid, "invalid semantic version");
  std::string_view parts[3] = {text.substr(0, first), text.substr(first + 1, second - first - 1),
                               text.substr(second + 1)};
  Version out;
  out.original = text;
  std::string_view before, after;
  if (cut(parts[2], "+", before, after)) {
    for (std::string_view part : split(after, '.')) {
      if (part.empty() || !std::all_of(part.begin(), part.end(), word)) {
        return fail(Code::kInvalid, "invalid metadata string");
      }
    }
    out.metadata = after;
    parts[2] = before;
  }
  if (cut(parts[2], "-", before, after)) {
    TAUT_TRY(check_prerelease(after));
    out.prerelease = after;
    parts[2] = before;
  }
  for (std::string_view part : parts) {
    if (!std::all_of(part.begin(), part.end(), digit)) return fail(Code::kInvalid, "invalid characters in version");
    if (part.size() > 1 && part[0] == '0') return fail(Code::kInvalid, "version segment starts with 0");
  }
  TAUT_TRY(read_number(parts[0], out.major));
  TAUT_TRY(read_number(parts[1], out.minor));
  TAUT_TRY(read_number(parts[2], out.patch));
  return out;
}

std::string Version::to_string() const {
  std::string out = fmt::format("{}.{}.{}", major, minor, patch);
  if (!prerelease.empty()) out += "-" + prerelease;
  if (!metadata.empty()) out += "+" + metadata;
  return out;
}

std::weak_ordering compare(const Version& a, const Version& b) {
  auto numbers = std::tie(a.major, a.minor, a.patch) <=> std::tie(b.major, b.minor, b.patch);
  if (numbers != 0) return numbers;
  if (a.prerelease.empty() || b.prerelease.empty()) return a.prerelease.empty() <=> b.prerelease.empty();
  return compare_prerelease(a.prerelease, b.prerelease) <=> 0;
}

Result<VersionRange::Bound> VersionRange::make_bound(std::string_view op, std::string_view version) {
  static constexpr std::pair<std::string_view, Operator> kOperators[] = {
      {"", Operator::kTildeOrEqual},   {"=", Operator::kTildeOrEqual}, {"!=", Operator::kNotEqual},
      {">", Operator::kGreater},       {"<", Operator::kLess},         {">=", Operator::kGreaterEqual},
      {"=>", Operator::kGreaterEqual}, {"<=", Operator::kLessEqual},   {"=<", Operator::kLessEqual},
      {"~", Operator::kTilde},         {"~>", Operator::kTilde},       {"^", Operator::kCaret}};
  Bound bound;
  for (auto [text, meaning] : kOperators) {
    if (text == op) bound.op = meaning;
  }
  Pieces pieces;
  std::string_view rest = version;
  take_version(rest, wild, pieces);
  std::string text(version);
  std::string tail = pieces.prerelease.empty() ? "" : fmt::format("-{}", pieces.prerelease);
  if (is_x(pieces.numbers[0])) {
    bound.open = true;
    text = "0.0.0" + tail;
  } else if (is_x(pieces.numbers[1])) {
    bound.open = bound.open_minor = true;
    text = fmt::format("{}.0.0{}", pieces.numbers[0], tail);
  } else if (is_x(pieces.numbers[2])) {
    bound.open = bound.open_patch = true;
    text = fmt::format("{}.{}.0{}", pieces.numbers[0], pieces.numbers[1], tail);
  }
  auto parsed = Version::parse(text);
  if (!parsed) return fail(Code::kInvalid, "constraint parser error");
  bound.version = std::move(*parsed);
  return bound;
}

Result<VersionRange::Group> VersionRange::parse_group(std::string_view text) {
  static constexpr std::string_view kLongestFirst[] = {"!=", ">=", "=>", "<=", "=<", "~>", "=", ">", "<", "~", "^"};
  // The whole text is checked for its form first, so that this error comes before one of a part.
  std::vector<std::pair<std::string_view, std::string_view>> parts;
  for (std::string_view rest = text;;) {
    take_while(rest, space);
    std::string_view op = "";
    for (std::string_view candidate : kLongestFirst) {
      if (op.empty() && rest.starts_with(candidate)) op = candidate;
    }
    rest.remove_prefix(op.size());
    take_while(rest, space);
    Pieces pieces;
    if (!take_version(rest, wild, pieces)) return fail(Code::kInvalid, "improper constraint: {}", quote(text));
    parts.emplace_back(op, pieces.whole);
    bool spaced = !take_while(rest, space).empty();
    if (rest.empty()) break;
    if (rest[0] == ',') {
      rest.remove_prefix(1);
    } else if (!spaced) {
      return fail(Code::kInvalid, "improper constraint: {}", quote(text));
    }
  }
  Group group;
  for (auto [op, version] : parts) {
    TAUT_ASSIGN(auto bound, make_bound(op, version));
    group.names_prerelease = group.names_prerelease || !bound.version.prerelease.empty();
    group.bounds.push_back(std::move(bound));
  }
  return group;
}

Result<VersionRange> VersionRange::parse(std::string_view text) {
  VersionRange range;
  std::string rewritten = rewrite_spans(text);
  std::string_view rest = rewritten, group;
  for (bool more = true; more;) {
    std::string_view whole = rest;
    more = cut(whole, "||", group, rest);
    TAUT_ASSIGN(auto parsed, parse_group(more ? group : whole));
    range.groups_.push_back(std::move(parsed));
  }
  return range;
}

bool VersionRange::contains(const Version& version, bool include_prereleases) const {
  for (const Group& group : groups_) {
    if (!version.prerelease.empty() && !include_prereleases && !group.names_prerelease) continue;
    bool all =
        std::all_of(group.bounds.begin(), group.bounds.end(), [&](const Bound& b) { return b.holds(version); });
    if (all) return true;
  }
  return false;
}

bool VersionRange::Bound::holds(const Version& v) const {
  auto order = compare(v, version);
  switch (op) {
    case Operator::kTildeOrEqual: return open ? holds_tilde(v) : order == 0;
    case Operator::kNotEqual: return holds_not_equal(v);
    case Operator::kGreater:
      // ">11" wants 12 and up, ">11.1" wants 11.2 and up.
      if (!open) return order > 0;
      if (v.major != version.major) return v.major > version.major;
      if (open_minor) return false;
      return open_patch ? v.minor > version.minor : order > 0;
    case Operator::kLess: return order < 0;
    case Operator::kGreaterEqual: return order >= 0;
    case Operator::kLessEqual:
      if (!open) return order <= 0;
      return v.major < version.major || (v.major == version.major && (v.minor <= version.minor || open_minor));
    case Operator::kTilde: return holds_tilde(v);
    case Operator::kCaret: return holds_caret(v);
  }
  return false;
}

bool VersionRange::Bound::holds_not_equal(const Version& v) const {
  if (open) {
    if (v.major != version.major) return true;
    if (open_minor) return false;
    if (v.minor != version.minor) return true;
    if (open_patch) {
      if (v.prerelease.empty() && version.prerelease.empty()) return false;
      return compare_prerelease(v.prerelease, version.prerelease) != 0;
    }
    if (v.patch != version.patch) return true;
  }
  return compare(v, version) != 0;
}

// ~1.2.3: >=1.2.3 <1.3; ~1: >=1 <2; ~0.0.0 takes all, as "*" does.
bool VersionRange::Bound::holds_tilde(const Version& v) const {
  if (compare(v, version) < 0) return false;
  if (version.major == 0 && version.minor == 0 && version.patch == 0 && !open_minor && !open_patch) return true;
  return v.major == version.major && (v.minor == version.minor || open_minor);
}

// ^1.2.3: >=1.2.3 <2; ^0.2.3: >=0.2.3 <0.3; ^0.0.3: only 0.0.3.
bool VersionRange::Bound::holds_caret(const Version& v) const {
  if (compare(v, version) < 0) return false;
  if (version.major > 0 || open_minor) return v.major == version.major;
  if (v.major > 0) return false;
  if (version.minor > 0 || open_patch) return v.minor == version.minor;
  if (v.minor > 0) return false;
  return v.patch == version.patch;
}

std::string highest(const VersionRange& range, const std::vector<std::string>& versions) {
  std::optional<Version> best;
  for (const std::string& text : versions) {
    auto version = Version::parse(text);
    if (!version || !range.contains(*version)) continue;
    if (!best || compare(*version, *best) > 0) best = std::move(*version);
  }
  return best ? best->original : "";
}

}  // namespace taut
