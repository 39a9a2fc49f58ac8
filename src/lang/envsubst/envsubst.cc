#include "lang/envsubst/envsubst.hh"

#include <algorithm>
#include <charconv>

#include "base/runes.hh"
#include "base/strings.hh"
#include "base/unicode.hh"
#include "lang/envsubst/glob.hh"
#include "lang/envsubst/parse.hh"

namespace taut::envsubst {
namespace {

using Arguments = std::vector<std::string>;
using Operation = Result<std::string> (*)(std::string value, const Arguments& arguments);

std::string mapped(std::string_view text, uint32_t (*map)(uint32_t)) {
  std::string out;
  while (!text.empty()) out += rune_text(map(take_rune(text)));
  return out;
}

std::string first_mapped(std::string_view text, uint32_t (*map)(uint32_t)) {
  if (text.empty()) return {};
  std::string first = rune_text(map(take_rune(text)));
  return first.append(text);
}

std::string reversed(std::string_view text) {
  std::vector<std::string> runes;
  while (!text.empty()) runes.push_back(rune_text(take_rune(text)));
  std::reverse(runes.begin(), runes.end());
  return join(runes, "");
}

// Go's strings.Replace; an empty text is found before every character.
std::string replaced(std::string_view text, std::string_view from, std::string_view to, bool all) {
  std::string out;
  if (from.empty()) {
    out.append(to);
    while (all && !text.empty()) {
      std::string_view before = text;
      take_rune(text);
      out.append(before.substr(0, before.size() - text.size())).append(to);
    }
    return out.append(text);
  }
  for (;;) {
    size_t at = text.find(from);
    if (at == std::string_view::npos) return out.append(text);
    out.append(text.substr(0, at)).append(to);
    text.remove_prefix(at + from.size());
    if (!all) return out.append(text);
  }
}

// What is left when the start that the glob matches is taken off: the shortest that is not empty, or the longest.
std::string without_start(std::string_view text, std::string_view glob, bool longest) {
  size_t cut = 0;
  for (size_t size = text.size(); size > 0; --size) {
    auto match = glob_matches(glob, text.substr(0, size));
    if (!match) return std::string(text);
    if (!*match) continue;
    cut = size;
    if (longest) break;
  }
  return std::string(text.substr(cut));
}

std::optional<int64_t> integer(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  int64_t out = 0;
  auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return out;
}

Result<std::string> part(std::string value, const Arguments& arguments) {
  auto given = integer(arguments[0]);
  if (!given) return value;
  auto size = static_cast<int64_t>(value.size());
  int64_t begin = *given < 0 ? std::max<int64_t>(*given + size, 0) : *given;
  std::string rest = begin < size ? value.substr(static_cast<size_t>(begin)) : std::string();
  if (arguments.size() == 1) return rest;
  auto length = integer(arguments[1]);
  if (!length) return value;
  int64_t end = 0;
  bool overflow = __builtin_add_overflow(begin, *length, &end);
  if (!overflow && end >= size) return rest;
  if (overflow || *length < 0 || begin > size)
    return fail(Code::kInvalid, "substring of length {} is out of range", *length);
  return value.substr(static_cast<size_t>(begin), static_cast<size_t>(*length));
}

Result<std::string> defaulted(std::string value, const Arguments& arguments) {
  return value.empty() ? join(arguments, "") : value;
}

Result<std::string> length(std::string value, const Arguments& arguments) {
  if (arguments.empty()) return std::to_string(value.size());
  return without_start(value, arguments[0], false);
}

std::string_view argument(const Arguments& arguments, size_t index) {
  return index < arguments.size() ? std::string_view(arguments[index]) : std::string_view();
}

struct Row {
  std::string_view name;
  Operation run;
};
constexpr Row kOperations[] = {
    {",", [](std::string v, const Arguments&) -> Result<std::string> { return first_mapped(v, to_lower); }},
    {",,", [](std::string v, const Arguments&) -> Result<std::string> { return mapped(v, to_lower); }},
    {"^", [](std::string v, const Arguments&) -> Result<std::string> { return first_mapped(v, to_upper); }},
    {"^^", [](std::string v, const Arguments&) -> Result<std::string> { return mapped(v, to_upper); }},
    {"#", length},
    {"##", [](std::string v, const Arguments& a) -> Result<std::string> { return without_start(v, a[0], true); }},
    {"%", [](std::string v, const Arguments& a) -> Result<std::string> {
       return reversed(without_start(reversed(v), reversed(a[0]), false));
     }},
    {"%%", [](std::string v, const Arguments& a) -> Result<std::string> {
       return reversed(without_start(reversed(v), reversed(a[0]), true));
     }},
    {":", part},
    {"/", [](std::string v, const Arguments& a) -> Result<std::string> { return replaced(v, a[0], argument(a, 1), false); }},
    {"//", [](std::string v, const Arguments& a) -> Result<std::string> { return replaced(v, a[0], argument(a, 1), true); }},
    {"/#", [](std::string v, const Arguments& a) -> Result<std::string> {
       return a.size() == 2 && v.starts_with(a[0]) ? replaced(v, a[0], a[1], false) : v;
     }},
    {"/%", [](std::string v, const Arguments& a) -> Result<std::string> {
       return a.size() == 2 && v.ends_with(a[0]) ? v.substr(0, v.size() - a[0].size()) + a[1] : v;
     }},
};

Operation find_operation(std::string_view name) {
  for (const Row& row : kOperations)
    if (row.name == name) return row.run;
  return defaulted;
}

bool has_default(std::string_view operation) {
  return operation == "=" || operation == ":=" || operation == ":-" || operation == ":?" || operation == ":+";
}

Result<std::string> evaluate(const Node& node, const Lookup& lookup) {
  if (!node.substitution) return node.text;
  Arguments arguments;
  for (const Node& inner : node.arguments) {
    TAUT_ASSIGN(std::string text, evaluate(inner, lookup));
    arguments.push_back(std::move(text));
  }
  auto value = lookup(node.parameter);
  if (!value && !has_default(node.operation))
    return fail(Code::kInvalid, "variable not set (strict mode): {}", quote(node.parameter));
  auto done = find_operation(node.operation)(value.value_or(""), arguments);
  if (!done) return fail(std::move(done).error().while_doing("substituting ${" + node.parameter + "}"));
  return done;
}

}  // namespace

Result<std::string> substitute(std::string_view text, const Lookup& lookup) {
  TAUT_ASSIGN(auto nodes, parse(text));
  std::string out;
  for (const Node& node : nodes) {
    TAUT_ASSIGN(std::string piece, evaluate(node, lookup));
    out.append(piece);
  }
  return out;
}

}  // namespace taut::envsubst
