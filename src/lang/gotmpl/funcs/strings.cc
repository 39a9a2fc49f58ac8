// sprig strings.go: lengths and positions count bytes.
#include "base/strings.hh"

#include <algorithm>

#include "base/runes.hh"
#include "base/unicode.hh"
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/support.hh"
#include "lang/gotmpl/funcs/text_case.hh"
#include "lang/gotmpl/funcs/text_wrap.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl::funcs {

namespace {

constexpr size_t kMostPieces = 2'000'000;

// strings.SplitN; a negative count splits all, an empty separator parts the characters.
std::vector<std::string_view> split_text(std::string_view text, std::string_view separator, int64_t count) {
  std::vector<std::string_view> out;
  if (count == 0) return out;
  auto full = [&] {
    if (out.size() > kMostPieces) throw LimitPassed{fmt::format("number of pieces of a text ({})", kMostPieces)};
    return count > 0 && out.size() + 1 >= static_cast<size_t>(count);
  };
  if (separator.empty()) {
    while (!text.empty() && !full()) {
      std::string_view rest = text;
      take_rune(rest);
      out.push_back(text.substr(0, text.size() - rest.size()));
      text = rest;
    }
    if (!text.empty()) out.push_back(text);
    return out;
  }
  while (!full()) {
    size_t at = text.find(separator);
    if (at == std::string_view::npos) break;
    out.push_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  out.push_back(text);
  return out;
}

// {"_0": ..., "_1": ...}
Value numbered(Heap& heap, const std::vector<std::string_view>& parts) {
  Map& out = heap.map(types::kStringMap, parts.size());
  for (size_t i = 0; i < parts.size(); ++i)
    out.set(heap.copy(fmt::format("_{}", i)), Value::text(parts[i]));
  return Value(&out);
}

constexpr uint64_t kWorkOfItem = 10, kWorkOfSorting = 200;  // an item

// strings.Repeat
Result<std::string> repeated(std::string_view text, int64_t count) {
  if (count < 0) return go_failure("strings: negative Repeat count");
  if (!text.empty() && static_cast<uint64_t>(count) > INT64_MAX / text.size())
    return go_failure("strings: Repeat output length overflow");
  size_t size = text.size() * static_cast<size_t>(count);
  check_text_size(size);
  std::string out;
  out.reserve(size);
  for (int64_t i = 0; i < count && !text.empty(); ++i) out += text;
  return out;
}

// The text with blanks in front of each line, behind `start`.
Result<Value> indented(Call& call, std::string_view start) {
  int64_t spaces = call.integer(0);
  std::string_view text = call.text(1);
  if (spaces < 0) return go_failure("strings: negative Repeat count");
  auto pad = static_cast<size_t>(spaces);
  size_t lines = 1 + static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  if (pad > kLongestText / lines) check_text_size(SIZE_MAX);
  size_t size = start.size() + text.size() + lines * pad;
  char* const out = static_cast<char*>(call.heap.take(size));
  char* at = std::copy(start.begin(), start.end(), out);
  while (true) {
    at = std::fill_n(at, pad, ' ');
    size_t end = text.find('\n');
    if (end == std::string_view::npos) break;
    at = std::copy_n(text.data(), end + 1, at);
    text.remove_prefix(end + 1);
  }
  std::copy(text.begin(), text.end(), at);
  return Value::text({out, size});
}

Result<Value> copied(Call& call, std::string_view text) { return call.heap.text(text); }

// How often a text holds another, strings.Count; for an empty one the number of its bytes at least.
size_t count_of(std::string_view text, std::string_view wanted) {
  if (wanted.empty()) return text.size() + 1;
  size_t count = 0;
  for (size_t at = text.find(wanted); at != text.npos; at = text.find(wanted, at + wanted.size())) ++count;
  return count;
}

}  // namespace

Result<Value> hello(Call&) { return Value::text("Hello!"); }

Result<Value> trim(Call& call) { return Value::text(trim_runes(call.text(0), is_space)); }
Result<Value> upper(Call& call) { return copied(call, upper_case(call.text(0))); }
Result<Value> lower(Call& call) { return copied(call, lower_case(call.text(0))); }
Result<Value> title(Call& call) { return copied(call, title_case(call.text(0))); }
Result<Value> untitle(Call& call) { return copied(call, untitle_case(call.text(0))); }
Result<Value> swap_case(Call& call) { return copied(call, gotmpl::swap_case(call.text(0))); }
Result<Value> snake_case(Call& call) { return copied(call, joined_case(call.text(0), '_')); }
Result<Value> kebab_case(Call& call) { return copied(call, joined_case(call.text(0), '-')); }
Result<Value> camel_case(Call& call) { return copied(call, pascal_case(call.text(0))); }
Result<Value> no_space(Call& call) { return copied(call, delete_white_space(call.text(0))); }
Result<Value> initials(Call& call) { return copied(call, gotmpl::initials(call.text(0))); }

Result<Value> substr(Call& call) {
  int64_t start = call.integer(0), end = call.integer(1);
  std::string_view text = call.text(2);
  auto size = static_cast<int64_t>(text.size());
  if (start < 0) {
    if (end < 0) return bounds_fault(fmt::format("[:{}]", end));
    if (end > size) return bounds_fault(fmt::format("[:{}] with length {}", end, size));
    return Value::text(text.substr(0, static_cast<size_t>(end)));
  }
  if (end < 0 || end > size) end = size;
  if (start > end) return bounds_fault(fmt::format("[{}:{}]", start, end));
  return Value::text(text.substr(static_cast<size_t>(start), static_cast<size_t>(end - start)));
}

Result<Value> trunc(Call& call) {
  int64_t count = call.integer(0);
  std::string_view text = call.text(1);
  auto size = static_cast<int64_t>(text.size());
  if (count < 0 && size + count > 0) text = text.substr(static_cast<size_t>(size + count));
  else if (count >= 0 && size > count) text = text.substr(0, static_cast<size_t>(count));
  return Value::text(text);
}

Result<Value> repeat(Call& call) {
  TAUT_ASSIGN(std::string out, repeated(call.text(1), call.integer(0)));
  return copied(call, out);
}

Result<Value> trim_all(Call& call) {
  std::string_view set = call.text(0);
  if (set.empty()) return call[1];
  return Value::text(trim_runes(call.text(1), [&](uint32_t rune) {
    for (std::string_view rest = set; !rest.empty();)
      if (take_rune(rest) == rune) return true;
    return false;
  }));
}

Result<Value> trim_suffix(Call& call) {
  std::string_view text = call.text(1);
  if (text.ends_with(call.text(0))) text.remove_suffix(call.text(0).size());
  return Value::text(text);
}

Result<Value> trim_prefix(Call& call) {
  std::string_view text = call.text(1);
  if (text.starts_with(call.text(0))) text.remove_prefix(call.text(0).size());
  return Value::text(text);
}

Result<Value> abbrev(Call& call) { return copied(call, abbreviate(call.text(1), call.integer(0))); }
Result<Value> abbrev_both(Call& call) {
  return copied(call, abbreviate_both(call.text(2), call.integer(0), call.integer(1)));
}
Result<Value> wrap(Call& call) { return copied(call, wrap_text(call.text(1), call.integer(0), "", false)); }
Result<Value> wrap_with(Call& call) {
  return copied(call, wrap_text(call.text(2), call.integer(0), call.text(1), true));
}

Result<Value> contains(Call& call) { return Value::boolean(taut::contains(call.text(1), call.text(0))); }
Result<Value> has_prefix(Call& call) { return Value::boolean(call.text(1).starts_with(call.text(0))); }
Result<Value> has_suffix(Call& call) { return Value::boolean(call.text(1).ends_with(call.text(0))); }

Result<Value> quote(Call& call) {
  std::string out;
  for (const Value& value : call.args) {
    if (value.is_nil()) continue;
    if (!out.empty()) out += ' ';
    out += taut::quote(text_of(call.heap, value));
    check_text_size(out.size());
  }
  return copied(call, out);
}

Result<Value> squote(Call& call) {
  std::string out;
  for (const Value& value : call.args) {
    if (value.is_nil()) continue;
    out += out.empty() ? "'" : " '";
    append_value(out, value);
    out += '\'';
    check_text_size(out.size());
  }
  return copied(call, out);
}

Result<Value> cat(Call& call) {
  std::vector<Value> present;
  std::copy_if(call.args.begin(), call.args.end(), std::back_inserter(present),
               [](const Value& value) { return !value.is_nil(); });
  std::string out;
  for (size_t i = 0; i < present.size(); ++i) {
    if (i != 0) out += ' ';
    append_value(out, present[i]);
    check_text_size(out.size());
  }
  return copied(call, out);
}

Result<Value> indent(Call& call) { return indented(call, ""); }
Result<Value> nindent(Call& call) { return indented(call, "\n"); }

Result<Value> replace(Call& call) {
  std::string_view from = call.text(0), to = call.text(1), text = call.text(2);
  if (!from.empty() && !taut::contains(text, from)) return call[2];
  // As many as there can be; where that is too much, as there are.
  size_t places = from.empty() ? text.size() + 1 : text.size() / from.size();
  if (to.size() > kLongestText / places) check_text_size(count_of(text, from) * to.size());
  if (!from.empty()) return copied(call, replace_all(text, from, to));
  std::string out(to);  // between all characters, and around them
  while (!text.empty()) {
    std::string_view rest = text;
    take_rune(rest);
    out.append(text.substr(0, text.size() - rest.size())).append(to);
    text = rest;
  }
  return copied(call, out);
}

Result<Value> plural(Call& call) { return call.integer(2) == 1 ? call[0] : call[1]; }

Result<Value> to_string(Call& call) { return Value::text(text_of(call.heap, call[0])); }
Result<Value> to_strings(Call& call) { return Value(&texts_of(call.heap, call[0])); }

Result<Value> split(Call& call) { return numbered(call.heap, split_text(call.text(1), call.text(0), -1)); }
Result<Value> splitn(Call& call) {
  return numbered(call.heap, split_text(call.text(2), call.text(0), call.integer(1)));
}
Result<Value> split_list(Call& call) { return strings(call.heap, split_text(call.text(1), call.text(0), -1)); }

Result<Value> join(Call& call) {
  List& texts = texts_of(call.heap, call[1]);
  call.heap.work(texts.size() * kWorkOfItem);
  std::string out;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i != 0) out += call.text(0);
    out += texts.at(i).as_text();
    check_text_size(out.size());
  }
  return copied(call, out);
}

// Sorts a []string in place, as Go does: whoever holds it sees it sorted.
Result<Value> sort_alpha(Call& call) {
  if (!call[0].is_list() && call[0].kind() != Kind::kBytes) {
    return strings(call.heap, std::array{text_of(call.heap, call[0])});
  }
  List& texts = texts_of(call.heap, call[0]);
  call.heap.work(texts.size() * kWorkOfSorting);
  std::vector<std::string_view> sorted(texts.size());
  for (size_t i = 0; i < sorted.size(); ++i) sorted[i] = texts.at(i).as_text();
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 0; i < sorted.size(); ++i) texts.set(i, Value::text(sorted[i]));
  return Value(&texts);
}

}  // namespace taut::gotmpl::funcs
